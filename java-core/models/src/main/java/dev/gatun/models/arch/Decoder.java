package dev.gatun.models.arch;

import dev.gatun.graph.Value;
import java.util.function.IntFunction;

/**
 * The arrangement that decoders share: embeddings; layers of attention and feed-forward network,
 * each with a residual connection; a last norm; the output matrix, which is the embedding table
 * where the file has no {@code output.weight}. Configured by its chained setters, then built once.
 *
 * <p>The wanted rows are taken in the last layer as soon as its heads are done, so that the rest of
 * the model runs for them alone.
 */
final class Decoder {
  private final ModelBuilder model;
  private final IntFunction<AttentionBlock> attention;
  private final IntFunction<FeedForward> feedForward;
  private boolean normsBefore = true;
  private boolean normsAfter;
  private boolean parallel;
  private boolean sharedNorm;
  private double embeddingScale = 1;
  private double residualScale = 1;
  private double logitScale = 1;
  private double logitSoftcap;

  /**
   * A decoder of these blocks, each given by its layer and applied at once.
   *
   * @throws UnsupportedModelException when the metadata say that the model is not causal
   */
  Decoder(
      ModelBuilder model,
      IntFunction<AttentionBlock> attention,
      IntFunction<FeedForward> feedForward) {
    this.model = model;
    this.attention = attention;
    this.feedForward = feedForward;
    if (!model.metadata().flag("attention.causal", true)) {
      throw model.metadata().unsupported("attention.causal = false");
    }
  }

  /** Norms only on what the blocks give, before it is added: {@code x + norm(block(x))}. */
  Decoder normsAfterOnly() {
    normsBefore = false;
    normsAfter = true;
    return this;
  }

  /** Norms on both sides: {@code x + norm(block(norm(x)))}. */
  Decoder normsOnBothSides() {
    normsAfter = true;
    return this;
  }

  /** Both blocks read the layer's input: {@code x + attention(norm(x)) + ffn(norm'(x))}. */
  Decoder parallel(boolean value) {
    parallel = value;
    return this;
  }

  /** Both blocks read one norm of the layer's input: {@code n = norm(x); x + attn(n) + ffn(n)}. */
  Decoder sharedNorm(boolean value) {
    sharedNorm = value;
    return this;
  }

  /** Factor of the embeddings. */
  Decoder embeddingScale(double factor) {
    embeddingScale = factor;
    return this;
  }

  /** Factor of what a block gives, before it is added. */
  Decoder residualScale(double factor) {
    residualScale = factor;
    return this;
  }

  /** Factor of the logits. */
  Decoder logitScale(double factor) {
    logitScale = factor;
    return this;
  }

  /** Bound of the logits; 0 for none. */
  Decoder logitSoftcap(double cap) {
    logitSoftcap = cap;
    return this;
  }

  ModelGraph build() {
    Value x = model.scale("token_embd_scaled", model.embed(), embeddingScale);
    for (int layer = 0; layer < model.layers(); layer++) {
      model.enterLayer(layer);
      x = layer(layer, x);
    }
    model.leaveLayer();
    return model.finish(head(x), true);
  }

  private Value layer(int layer, Value input) {
    Value x = input;
    Value read = normsBefore ? model.norm("attn_norm", x) : x;
    Value heads = attention.apply(layer).apply(read);
    if (layer == model.layers() - 1) {
      heads = model.wanted("attn_rows", heads);
      x = model.wanted("residual_rows", x);
      read = sharedNorm ? model.wanted("norm_rows", read) : read;
    }
    Value attended = model.linear("attn_output", heads, model.width());
    attended = branch("attn_output_scaled", "post_attention_norm", attended);
    Value y = model.graph().add("attn_residual", x, attended);
    Value fed = feedForward.apply(layer).apply(sharedNorm ? read : feedNorm(parallel ? x : y));
    return model.graph().add("ffn_residual", y, branch("ffn_scaled", "post_ffw_norm", fed));
  }

  private Value feedNorm(Value x) {
    return normsBefore ? model.norm("ffn_norm", x) : x;
  }

  private Value branch(String nodeName, String norm, Value x) {
    return model.scale(nodeName, normsAfter ? model.norm(norm, x) : x, residualScale);
  }

  private Value head(Value x) {
    if (model.options().head() == BuildOptions.Head.HIDDEN) {
      if (model.has("output.weight")) {
        // Known and left out on purpose.
        model.weights().skip("output.weight");
      }
      return model.norm(ModelGraph.HIDDEN, "output_norm", x);
    }
    Value normalized = model.norm("output_norm", x);
    // The last node carries the name of the output.
    boolean plain = logitScale == 1 && logitSoftcap == 0;
    Value logits = model.logits(plain ? ModelGraph.LOGITS : "output", normalized);
    if (logitScale != 1) {
      String name = logitSoftcap == 0 ? ModelGraph.LOGITS : "output_scaled";
      logits = model.scale(name, logits, logitScale);
    }
    return model.softcap(ModelGraph.LOGITS, logits, logitSoftcap);
  }
}
