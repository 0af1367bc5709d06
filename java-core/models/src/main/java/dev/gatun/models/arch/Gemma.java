package dev.gatun.models.arch;

import dev.gatun.graph.ModelSource;
import dev.gatun.graph.op.Unary;
import dev.gatun.models.arch.Rope.Pairs;
import java.util.List;

/** Gemma (Gemma team 2024): Llama with scaled embeddings and GELU as the gate's activation. */
final class Gemma implements Architecture {
  @Override
  public List<String> names() {
    return List.of("gemma");
  }

  @Override
  public ModelGraph build(ModelSource source, BuildOptions options) {
    ModelBuilder model = new ModelBuilder(source, options, Norm.RMS);
    Rope rope = Rope.of(model, SelfAttention.keyDim(model), Pairs.HALVES);
    return new Decoder(
            model,
            layer -> new SelfAttention(model, layer).rope(rope),
            layer ->
                DenseFeedForward.gated(
                    model, "", DenseFeedForward.hidden(model, layer), Unary.Function.GELU_TANH))
        .embeddingScale(Math.sqrt(model.width()))
        .build();
  }
}
