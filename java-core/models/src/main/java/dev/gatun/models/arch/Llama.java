package dev.gatun.models.arch;

import dev.gatun.graph.ModelSource;
import dev.gatun.graph.op.Unary;
import dev.gatun.models.arch.Rope.Pairs;
import java.util.List;

/**
 * Llama 1 to 3 (Touvron et al. 2023), and what shares its files: Mistral, SmolLM 1 and 2,
 * TinyLlama, and Mixtral, whose layers have experts with the chosen weights normalized.
 */
final class Llama implements Architecture {
  @Override
  public List<String> names() {
    return List.of("llama");
  }

  @Override
  public ModelGraph build(ModelSource source, BuildOptions options) {
    ModelBuilder model = new ModelBuilder(source, options, Norm.RMS);
    Rope rope = Rope.of(model, SelfAttention.keyDim(model), Pairs.NEIGHBOURS);
    return new Decoder(
            model,
            layer -> new SelfAttention(model, layer).rope(rope),
            layer -> feedForward(model, layer))
        .build();
  }

  private static FeedForward feedForward(ModelBuilder model, int layer) {
    int hidden = DenseFeedForward.hidden(model, layer);
    return Experts.present(model)
        ? Experts.softmax(model, hidden, true)
        : DenseFeedForward.gated(model, "", hidden, Unary.Function.SILU);
  }
}
