package dev.gatun.models.arch;

import dev.gatun.graph.ModelSource;
import dev.gatun.graph.op.Unary;
import dev.gatun.models.arch.Rope.Pairs;
import java.util.List;

/**
 * Granite 3 (IBM 2024): Llama with factors for embeddings, scores, residual branches and logits;
 * dense, or with experts and perhaps a network for every token beside them.
 */
final class Granite implements Architecture {
  @Override
  public List<String> names() {
    return List.of("granite", "granitemoe");
  }

  @Override
  public ModelGraph build(ModelSource source, BuildOptions options) {
    ModelBuilder model = new ModelBuilder(source, options, Norm.RMS);
    Hyperparameters metadata = model.metadata();
    // The flag is a switch for positions in these files.
    Rope rope =
        metadata.flag("rope.scaling.finetuned", true)
            ? Rope.of(model, SelfAttention.keyDim(model), Pairs.NEIGHBOURS)
            : null;
    return new Decoder(
            model,
            layer -> new SelfAttention(model, layer).scaleFromMetadata().rope(rope),
            layer -> feedForward(model, layer))
        .embeddingScale(metadata.positive("embedding_scale", 1))
        .residualScale(metadata.positive("residual_scale", 1))
        .logitScale(1 / metadata.positive("logit_scale", 1))
        .build();
  }

  private static FeedForward feedForward(ModelBuilder model, int layer) {
    int hidden = DenseFeedForward.hidden(model, layer);
    if (!Experts.present(model)) {
      return DenseFeedForward.gated(model, "", hidden, Unary.Function.SILU);
    }
    FeedForward routed = Experts.softmax(model, hidden, true);
    int shared =
        model.metadata().optional("expert_shared_feed_forward_length", Hyperparameters.MAX_WIDTH);
    return shared == 0
        ? routed
        : Experts.withShared(
            model, routed, DenseFeedForward.gated(model, "_shexp", shared, Unary.Function.SILU));
  }
}
