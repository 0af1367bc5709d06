package dev.gatun.models.arch;

import dev.gatun.graph.ModelSource;
import dev.gatun.graph.op.Unary;
import dev.gatun.models.arch.Rope.Pairs;
import java.util.List;

/**
 * Phi-3, Phi-3.5 and Phi-4 (Abdin et al. 2024): queries, keys and values in one tensor, gate and up
 * in another; LongRoPE factors chosen by the context that the graph is built for. The sliding
 * window that some files name is not used, as no runtime of these files uses it.
 */
final class Phi3 implements Architecture {
  @Override
  public List<String> names() {
    return List.of("phi3");
  }

  @Override
  public ModelGraph build(ModelSource source, BuildOptions options) {
    ModelBuilder model = new ModelBuilder(source, options, Norm.RMS);
    Rope rope = Rope.of(model, SelfAttention.keyDim(model), Pairs.HALVES);
    return new Decoder(
            model,
            layer -> new SelfAttention(model, layer).rope(rope),
            layer ->
                DenseFeedForward.joined(
                    model, DenseFeedForward.hidden(model, layer), Unary.Function.SILU))
        .build();
  }
}
