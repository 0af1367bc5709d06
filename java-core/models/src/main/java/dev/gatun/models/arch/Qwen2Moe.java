package dev.gatun.models.arch;

import dev.gatun.graph.ModelSource;
import dev.gatun.graph.op.Unary;
import dev.gatun.models.arch.Rope.Pairs;
import java.util.List;

/**
 * Qwen1.5-MoE and Qwen2-MoE: Qwen2 with experts, whose weights are not normalized, and a network
 * for every token whose share a sigmoid decides.
 */
final class Qwen2Moe implements Architecture {
  @Override
  public List<String> names() {
    return List.of("qwen2moe");
  }

  @Override
  public ModelGraph build(ModelSource source, BuildOptions options) {
    ModelBuilder model = new ModelBuilder(source, options, Norm.RMS);
    Rope rope = Rope.of(model, SelfAttention.keyDim(model), Pairs.HALVES);
    Hyperparameters metadata = model.metadata();
    int routed = metadata.count("expert_feed_forward_length", Hyperparameters.MAX_WIDTH);
    int shared = metadata.count("expert_shared_feed_forward_length", Hyperparameters.MAX_WIDTH);
    FeedForward network =
        Experts.withShared(
            model,
            Experts.softmax(model, routed, false),
            Experts.gatedBySigmoid(
                model, DenseFeedForward.gated(model, "_shexp", shared, Unary.Function.SILU)));
    return new Decoder(model, layer -> new SelfAttention(model, layer).rope(rope), layer -> network)
        .build();
  }
}
