package dev.gatun.models.arch;

import dev.gatun.graph.ModelSource;
import dev.gatun.graph.op.MixtureOfExperts.Gating;
import dev.gatun.graph.op.Unary;
import dev.gatun.models.arch.Rope.Pairs;
import java.util.List;

/**
 * DeepSeek-V2 and V3 (DeepSeek-AI 2024) and relatives: latent attention; after some dense layers,
 * experts with a network for every token beside them.
 */
final class DeepSeek2 implements Architecture {
  @Override
  public List<String> names() {
    return List.of("deepseek2");
  }

  @Override
  public ModelGraph build(ModelSource source, BuildOptions options) {
    ModelBuilder model = new ModelBuilder(source, options, Norm.RMS);
    Hyperparameters metadata = model.metadata();
    if (metadata.real("attention.temperature_scale", 0) != 0) {
      throw metadata.unsupported("attention.temperature_scale");
    }
    LatentAttention attention = new LatentAttention(model);
    Rope scaled = Rope.of(model, attention.rotating(), Pairs.NEIGHBOURS);
    double stretch = stretch(metadata);
    // The stretch of the scores takes the place of the magnitude of sine and cosine.
    Rope rope = scaled.withMagnitude(metadata.positive("rope.scaling.attn_factor", 1));
    double scale = stretch * stretch / Math.sqrt(attention.headDim());
    int dense = metadata.optional("leading_dense_block_count", Hyperparameters.MAX_COUNT);
    return new Decoder(
            model,
            layer -> attention.layer(layer, rope, scale),
            layer ->
                layer < dense
                    ? DenseFeedForward.gated(
                        model, "", DenseFeedForward.hidden(model, layer), Unary.Function.SILU)
                    : experts(model))
        .build();
  }

  private static FeedForward experts(ModelBuilder model) {
    Hyperparameters metadata = model.metadata();
    int hidden = metadata.count("expert_feed_forward_length", Hyperparameters.MAX_WIDTH);
    int shared = metadata.count("expert_shared_count", Hyperparameters.MAX_COUNT);
    boolean normalize = metadata.flag("expert_weights_norm", false);
    double weightScale = metadata.positive("expert_weights_scale", 1);
    int function = metadata.optional("expert_gating_func", 16);
    Gating gating =
        switch (function) {
          case 0, 1 -> Gating.SOFTMAX;
          case 2 -> Gating.SIGMOID;
          default -> throw metadata.unsupported("expert_gating_func " + function);
        };
    return Experts.withShared(
        model,
        new Experts(model, hidden, gating, normalize, weightScale),
        DenseFeedForward.gated(model, "_shexp", (long) hidden * shared, Unary.Function.SILU));
  }

  /** YaRN's factor of queries and keys: 1 + 0.1 mscale_all_dim ln(factor). */
  private static double stretch(Hyperparameters metadata) {
    if (!metadata.text("rope.scaling.type", "linear").equals("yarn")) {
      return 1;
    }
    String key = "rope.scaling.yarn_log_multiplier";
    if (!metadata.has(key)) {
      throw metadata.unsupported("YaRN without " + key);
    }
    // The key holds 0.1 * mscale_all_dim.
    double factor = Rope.factor(metadata);
    return factor <= 1 ? 1 : 1 + metadata.real(key, 0) * Math.log(factor);
  }
}
