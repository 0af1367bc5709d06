package dev.gatun.models.arch;

import dev.gatun.graph.ModelSource;
import dev.gatun.graph.op.Unary;
import dev.gatun.models.arch.Rope.Pairs;
import java.util.List;

/**
 * StableLM 3B and StableLM 2 (Bellagente et al. 2024): layer norms, a part of each head turns. The
 * 12B model normalizes each head with a scale of its own and has one norm for both blocks.
 */
final class StableLm implements Architecture {
  @Override
  public List<String> names() {
    return List.of("stablelm");
  }

  @Override
  public ModelGraph build(ModelSource source, BuildOptions options) {
    ModelBuilder model = new ModelBuilder(source, options, Norm.LAYER);
    Rope rope = Rope.of(model, SelfAttention.keyDim(model), Pairs.HALVES);
    return new Decoder(
            model,
            layer -> {
              SelfAttention attention = new SelfAttention(model, layer).rope(rope);
              return model.has("attn_q_norm.weight") ? attention.ownHeadNorms() : attention;
            },
            layer ->
                DenseFeedForward.gated(
                    model, "", DenseFeedForward.hidden(model, layer), Unary.Function.SILU))
        .sharedNorm(!model.has("blk.0.ffn_norm.weight"))
        .build();
  }
}
