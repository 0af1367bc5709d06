package dev.gatun.models.arch;

import dev.gatun.graph.ModelSource;
import dev.gatun.graph.op.Unary;
import dev.gatun.models.arch.Rope.Pairs;
import java.util.List;

/**
 * OLMo 2 (Team OLMo 2025): norms on what blocks give, not on what they read, and on whole rows of
 * queries and keys.
 */
final class Olmo2 implements Architecture {
  @Override
  public List<String> names() {
    return List.of("olmo2");
  }

  @Override
  public ModelGraph build(ModelSource source, BuildOptions options) {
    ModelBuilder model = new ModelBuilder(source, options, Norm.RMS);
    if (model.metadata().optional("attention.sliding_window", Integer.MAX_VALUE) > 0) {
      throw model.metadata().unsupported("a sliding window (OLMo 3)");
    }
    Rope rope = Rope.of(model, SelfAttention.keyDim(model), Pairs.HALVES);
    return new Decoder(
            model,
            layer -> new SelfAttention(model, layer).rowNorms().rope(rope),
            layer ->
                DenseFeedForward.gated(
                    model, "", DenseFeedForward.hidden(model, layer), Unary.Function.SILU))
        .normsAfterOnly()
        .build();
  }
}
