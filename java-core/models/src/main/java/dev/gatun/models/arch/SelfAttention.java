package dev.gatun.models.arch;

import dev.gatun.graph.Dim;
import dev.gatun.graph.GraphBuilder;
import dev.gatun.graph.StateSpec;
import dev.gatun.graph.Value;
import dev.gatun.graph.op.Attention;
import dev.gatun.tensor.DType;
import java.util.Optional;

/**
 * Attention of grouped heads with the variations that architectures have. Reads {@code attn_q},
 * {@code attn_k}, {@code attn_v}, or {@code attn_qkv} where the file has them joined, with biases
 * where there are any. Configured by its chained setters, then applied once.
 */
final class SelfAttention implements AttentionBlock {
  /** What is normalized of queries and keys. */
  private enum Normalized {
    NOTHING,
    EACH_HEAD,
    EACH_HEAD_WITH_OWN_SCALE,
    WHOLE_ROW
  }

  private final ModelBuilder model;
  private final int layer;
  private final int heads;
  private final int kvHeads;
  private final int keyDim;
  private final int valueDim;
  private Rope rope;
  private Normalized normalized = Normalized.NOTHING;
  private double scale;
  private double softcap;
  private int window;
  private boolean causal = true;

  /** Attention of a layer with the heads that the metadata say, and scale 1/sqrt(key dim). */
  SelfAttention(ModelBuilder model, int layer) {
    this.model = model;
    this.layer = layer;
    Hyperparameters metadata = model.metadata();
    this.heads = heads(metadata, layer);
    this.kvHeads =
        metadata.perLayer("attention.head_count_kv", layer, heads, Hyperparameters.MAX_COUNT);
    if (heads % kvHeads != 0) {
      throw metadata.bad(
          "attention.head_count_kv", "is %d, which does not divide %d".formatted(kvHeads, heads));
    }
    this.keyDim = headDim(model, "attention.key_length", layer);
    this.valueDim = headDim(model, "attention.value_length", layer);
    this.scale = 1 / Math.sqrt(keyDim);
  }

  /** Elements of one head's query. */
  static int keyDim(ModelBuilder model) {
    return headDim(model, "attention.key_length", 0);
  }

  /** Position embedding of queries and keys; null for none. */
  SelfAttention rope(Rope value) {
    rope = value;
    return this;
  }

  /** Normalizes each head of queries and keys before they turn. */
  SelfAttention headNorms() {
    normalized = Normalized.EACH_HEAD;
    return this;
  }

  /** {@link #headNorms} by layer norm with a scale for every head and no bias. */
  SelfAttention ownHeadNorms() {
    normalized = Normalized.EACH_HEAD_WITH_OWN_SCALE;
    return this;
  }

  /** Normalizes the whole rows of queries and keys before they are split into heads. */
  SelfAttention rowNorms() {
    normalized = Normalized.WHOLE_ROW;
    return this;
  }

  /** Factor of the scores. */
  SelfAttention scale(double value) {
    scale = value;
    return this;
  }

  /** Factor of the scores from {@code attention.scale} where the file has it. */
  SelfAttention scaleFromMetadata() {
    double value = model.metadata().real("attention.scale", 0);
    return value == 0 ? this : scale(value);
  }

  /** Bound of the scores; 0 for none. */
  SelfAttention softcap(double value) {
    softcap = value;
    return this;
  }

  /** Positions that a query sees, itself included; 0 for all. */
  SelfAttention window(int value) {
    window = value;
    return this;
  }

  /** Every token sees its whole sequence, which stands in one batch: no state. */
  SelfAttention bidirectional() {
    causal = false;
    return this;
  }

  @Override
  public Value apply(Value x) {
    GraphBuilder graph = model.graph();
    Value q;
    Value k;
    Value v;
    if (model.has("attn_qkv.weight")) {
      long qs = (long) heads * keyDim;
      long ks = (long) kvHeads * keyDim;
      long vs = (long) kvHeads * valueDim;
      Value qkv = model.linear("attn_qkv", x, qs + ks + vs);
      q = graph.slice("attn_q", qkv, 1, 0, qs);
      k = graph.slice("attn_k", qkv, 1, qs, ks);
      v = graph.slice("attn_v", qkv, 1, qs + ks, vs);
    } else {
      q = model.linear("attn_q", x, (long) heads * keyDim);
      k = model.linear("attn_k", x, (long) kvHeads * keyDim);
      v = model.linear("attn_v", x, (long) kvHeads * valueDim);
    }
    q = positioned("attn_q", q, heads);
    k = positioned("attn_k", k, kvHeads);
    DType stored = causal ? model.options().stateType() : DType.F32;
    var spec = new StateSpec(kvHeads, keyDim, valueDim, 0, window, stored);
    Optional<String> state = causal ? Optional.of(model.state(layer, spec)) : Optional.empty();
    var op = new Attention(heads, spec, (float) scale, (float) softcap, causal, state);
    return graph.attention("attn", op, q, k, v, model.positions(), model.sequences());
  }

  private Value positioned(String root, Value x, int count) {
    Value y = x;
    switch (normalized) {
      case NOTHING -> {}
      case WHOLE_ROW -> y = model.norm(root + "_norm", y);
      case EACH_HEAD -> y = joined(root, model.norm(root + "_norm", split(root, y, count)), count);
      case EACH_HEAD_WITH_OWN_SCALE ->
          y = joined(root, model.normEach(root + "_norm", split(root, y, count)), count);
    }
    return rope == null ? y : rope.apply(model, root + "_rope", y, count, keyDim, 0);
  }

  private Value split(String root, Value x, int count) {
    return model.graph().reshape(root + "_heads", x, model.batch(), Dim.of(count), Dim.of(keyDim));
  }

  private Value joined(String root, Value x, int count) {
    return model.graph().reshape(root + "_rows", x, model.batch(), Dim.of((long) count * keyDim));
  }

  private static int heads(Hyperparameters metadata, int layer) {
    return metadata.perLayer("attention.head_count", layer, Hyperparameters.MAX_COUNT);
  }

  private static int headDim(ModelBuilder model, String key, int layer) {
    Hyperparameters metadata = model.metadata();
    if (metadata.has(key)) {
      return metadata.count(key, Hyperparameters.MAX_COUNT);
    }
    int heads = heads(metadata, layer);
    if (model.width() % heads != 0) {
      throw metadata.bad(
          "attention.head_count",
          "is %d, which does not divide the width %d".formatted(heads, model.width()));
    }
    int dim = model.width() / heads;
    if (dim > Hyperparameters.MAX_COUNT) {
      throw metadata.bad("attention.head_count", "leaves heads of " + dim + " elements");
    }
    return dim;
  }
}
