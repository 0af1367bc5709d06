package dev.gatun.models.arch;

import dev.gatun.graph.ModelSource;
import dev.gatun.graph.op.Unary;
import java.util.List;

/** BERT (Devlin et al. 2019) and its descendants: MiniLM, BGE, E5, GTE. */
final class Bert implements Architecture {
  @Override
  public List<String> names() {
    return List.of("bert");
  }

  @Override
  public ModelGraph build(ModelSource source, BuildOptions options) {
    ModelBuilder model = new ModelBuilder(source, options, Norm.LAYER);
    return new Encoder(
            model,
            layer -> new SelfAttention(model, layer).bidirectional(),
            layer ->
                DenseFeedForward.plain(
                    model, DenseFeedForward.hidden(model, layer), Unary.Function.GELU_TANH))
        .learnedPositions()
        .build();
  }
}
