package dev.gatun.models.arch;

import dev.gatun.graph.ModelSource;
import dev.gatun.models.arch.Rope.Pairs;
import java.util.List;

/**
 * OLMoE (Muennighoff et al. 2024): whole rows of queries and keys are normalized; experts whose
 * weights are not.
 */
final class Olmoe implements Architecture {
  @Override
  public List<String> names() {
    return List.of("olmoe");
  }

  @Override
  public ModelGraph build(ModelSource source, BuildOptions options) {
    ModelBuilder model = new ModelBuilder(source, options, Norm.RMS);
    Rope rope = Rope.of(model, SelfAttention.keyDim(model), Pairs.HALVES);
    return new Decoder(
            model,
            layer -> new SelfAttention(model, layer).rowNorms().rope(rope),
            layer -> Experts.softmax(model, DenseFeedForward.hidden(model, layer), false))
        .build();
  }
}
