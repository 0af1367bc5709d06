package dev.gatun.models.arch;

import dev.gatun.graph.ModelSource;
import dev.gatun.graph.op.Unary;
import dev.gatun.models.arch.Rope.Pairs;
import java.util.List;

/**
 * StableLM 3B and StableLM 2 1.6B (Bellagente et al. 2024): layer norms, a part of each head turns.
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
            layer -> new SelfAttention(model, layer).rope(rope),
            layer ->
                DenseFeedForward.gated(
                    model, "", DenseFeedForward.hidden(model, layer), Unary.Function.SILU))
        .build();
  }
}
