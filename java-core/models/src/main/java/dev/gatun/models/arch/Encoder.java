package dev.gatun.models.arch;

import dev.gatun.graph.Value;
import java.util.function.IntFunction;

/**
 * The arrangement of BERT (Devlin et al. 2019): embeddings of tokens, of segment 0 and perhaps of
 * positions, normalized; layers whose norms follow the additions; no output matrix. Every token
 * sees its whole text.
 */
final class Encoder {
  private final ModelBuilder model;
  private final IntFunction<AttentionBlock> attention;
  private final IntFunction<FeedForward> feedForward;
  private boolean learnedPositions;

  /**
   * An encoder of these blocks, each given by its layer and applied at once.
   *
   * @throws UnsupportedModelException when the metadata say that the model is causal
   */
  Encoder(
      ModelBuilder model,
      IntFunction<AttentionBlock> attention,
      IntFunction<FeedForward> feedForward) {
    this.model = model;
    this.attention = attention;
    this.feedForward = feedForward;
    if (model.metadata().flag("attention.causal", false)) {
      throw model.metadata().unsupported("attention.causal = true");
    }
  }

  /** Positions have embeddings, in {@code position_embd}, as many as the context is long. */
  Encoder learnedPositions() {
    learnedPositions = true;
    return this;
  }

  ModelGraph build() {
    Value x = embed();
    for (int layer = 0; layer < model.layers(); layer++) {
      model.enterLayer(layer);
      x = layer(layer, x);
    }
    model.leaveLayer();
    return model.finish(x, false);
  }

  private Value embed() {
    Value x = model.embed();
    if (model.has("token_types.weight")) {
      Value segment = model.weights().row("token_types.weight", 0, model.width());
      x = model.graph().add("token_types", x, segment);
    }
    if (learnedPositions) {
      if (model.contextLength() > model.trainedContext()) {
        throw new ModelException(
            "%s: a context of %d positions was asked for; the model has embeddings for %d"
                .formatted(
                    model.metadata().model(), model.contextLength(), model.trainedContext()));
      }
      Value table =
          model.weights().matrix("position_embd.weight", model.trainedContext(), model.width());
      Value positions = model.graph().gather("position_embd", table, model.positions());
      x = model.graph().add("token_position_embd", x, positions);
    }
    return model.norm("token_embd_norm", x);
  }

  private Value layer(int layer, Value input) {
    boolean last = layer == model.layers() - 1;
    Value x = input;
    Value heads = attention.apply(layer).apply(x);
    if (last) {
      heads = model.wanted("attn_rows", heads);
      x = model.wanted("residual_rows", x);
    }
    Value attended = model.linear("attn_output", heads, model.width());
    Value y = model.norm("attn_output_norm", model.graph().add("attn_residual", x, attended));
    Value z = model.graph().add("ffn_residual", y, feedForward.apply(layer).apply(y));
    if (!last) {
      return model.norm("layer_output_norm", z);
    }
    model.graph().scope("");
    return model.norm(ModelGraph.HIDDEN, "layer_output_norm", z);
  }
}
