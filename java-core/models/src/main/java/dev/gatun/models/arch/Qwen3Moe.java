package dev.gatun.models.arch;

import dev.gatun.graph.ModelSource;
import dev.gatun.models.arch.Rope.Pairs;
import java.util.List;

/** Qwen3-MoE (Yang et al. 2025): Qwen3 with experts, the chosen weights normalized. */
final class Qwen3Moe implements Architecture {
  @Override
  public List<String> names() {
    return List.of("qwen3moe");
  }

  @Override
  public ModelGraph build(ModelSource source, BuildOptions options) {
    ModelBuilder model = new ModelBuilder(source, options, Norm.RMS);
    Rope rope = Rope.of(model, SelfAttention.keyDim(model), Pairs.HALVES);
    int hidden = model.metadata().count("expert_feed_forward_length", Hyperparameters.MAX_WIDTH);
    return new Decoder(
            model,
            layer -> new SelfAttention(model, layer).headNorms().rope(rope),
            layer -> Experts.softmax(model, hidden, true))
        .build();
  }
}
