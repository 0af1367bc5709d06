package dev.gatun.models.arch;

import dev.gatun.graph.ModelSource;
import dev.gatun.graph.op.Unary;
import dev.gatun.models.arch.Rope.Pairs;
import java.util.List;

/**
 * GPT-NeoX and Pythia (Black et al. 2022): layer norms, biases everywhere, no gate, a part of each
 * head turns; both blocks read the layer's input where the file says so.
 */
final class GptNeoX implements Architecture {
  @Override
  public List<String> names() {
    return List.of("gptneox");
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
        .parallel(model.metadata().flag("use_parallel_residual", true))
        .build();
  }
}
