package dev.gatun.models.arch;

import dev.gatun.graph.ModelSource;
import dev.gatun.graph.op.Unary;
import dev.gatun.models.arch.Rope.Pairs;
import java.util.List;

/** Nomic Embed (Nussbaum et al. 2024): BERT with rotary positions and gated networks. */
final class NomicBert implements Architecture {
  @Override
  public List<String> names() {
    return List.of("nomic-bert");
  }

  @Override
  public ModelGraph build(ModelSource source, BuildOptions options) {
    ModelBuilder model = new ModelBuilder(source, options, Norm.LAYER);
    Rope rope = Rope.of(model, SelfAttention.keyDim(model), Pairs.HALVES);
    return new Encoder(
            model,
            layer -> new SelfAttention(model, layer).bidirectional().rope(rope),
            layer ->
                DenseFeedForward.gated(
                    model, "", DenseFeedForward.hidden(model, layer), Unary.Function.SILU))
        .build();
  }
}
