package dev.gatun.models.arch;

import dev.gatun.graph.ModelSource;
import dev.gatun.graph.op.Unary;
import dev.gatun.models.arch.Rope.Pairs;
import java.util.List;

/** StarCoder2 (Lozhkov et al. 2024): layer norms, biases everywhere, no gate. */
final class StarCoder2 implements Architecture {
  @Override
  public List<String> names() {
    return List.of("starcoder2");
  }

  @Override
  public ModelGraph build(ModelSource source, BuildOptions options) {
    ModelBuilder model = new ModelBuilder(source, options, Norm.LAYER);
    Rope rope = Rope.of(model, SelfAttention.keyDim(model), Pairs.HALVES);
    return new Decoder(
            model,
            layer -> new SelfAttention(model, layer).rope(rope),
            layer ->
                DenseFeedForward.plain(
                    model, DenseFeedForward.hidden(model, layer), Unary.Function.GELU_TANH))
        .build();
  }
}
