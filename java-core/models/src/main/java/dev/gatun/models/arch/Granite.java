package dev.gatun.models.arch;

import dev.gatun.graph.ModelSource;
import dev.gatun.graph.op.Unary;
import dev.gatun.models.arch.Rope.Pairs;
import java.util.List;

/**
 * Granite 3 (IBM 2024), dense: Llama with factors for embeddings, scores, residual branches and
 * logits.
 */
final class Granite implements Architecture {
  @Override
  public List<String> names() {
    return List.of("granite");
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
            layer ->
                DenseFeedForward.gated(
                    model, "", DenseFeedForward.hidden(model, layer), Unary.Function.SILU))
        .embeddingScale(metadata.positive("embedding_scale", 1))
        .residualScale(metadata.positive("residual_scale", 1))
        .logitScale(1 / metadata.positive("logit_scale", 1))
        .build();
  }
}
