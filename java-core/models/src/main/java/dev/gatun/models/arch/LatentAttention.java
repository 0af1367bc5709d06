package dev.gatun.models.arch;

import dev.gatun.graph.Dim;
import dev.gatun.graph.GraphBuilder;
import dev.gatun.graph.StateSpec;
import dev.gatun.graph.Value;
import dev.gatun.graph.op.Attention;
import java.util.Arrays;
import java.util.Optional;

/**
 * Multi-head latent attention (DeepSeek-AI 2024) in its absorbed form: keys of all heads are one
 * compressed vector with a rotating part; the matrices that would expand it are applied to queries
 * and to what the heads give. The state keeps the compressed vector alone, which is also the value.
 *
 * <p>Files from before 2025 have the expanding matrix of keys and values in one piece, {@code
 * attn_kv_b}. For them keys and values of all heads are expanded and kept, as for any attention.
 */
final class LatentAttention {
  private final ModelBuilder model;
  private final int heads;
  private final int rotating;
  private final int fixed;
  private final int valueDim;
  private final int latent;
  private final int queryLatent;

  LatentAttention(ModelBuilder model) {
    this.model = model;
    Hyperparameters metadata = model.metadata();
    int max = Hyperparameters.MAX_COUNT;
    this.heads = metadata.perLayer("attention.head_count", 0, max);
    boolean old = !metadata.has("attention.key_length_mla");
    int headDim = metadata.count(old ? "attention.key_length" : "attention.key_length_mla", max);
    this.valueDim =
        metadata.count(old ? "attention.value_length" : "attention.value_length_mla", max);
    this.latent = metadata.count("attention.kv_lora_rank", max);
    this.rotating = metadata.count("rope.dimension_count", headDim);
    this.fixed = headDim - rotating;
    this.queryLatent = metadata.optional("attention.q_lora_rank", max);
    if (fixed < 1) {
      throw metadata.bad("rope.dimension_count", "leaves nothing of a head of " + headDim);
    }
  }

  /** Elements of one head's query before absorption. */
  int headDim() {
    return fixed + rotating;
  }

  /** Elements of a head that turn. */
  int rotating() {
    return rotating;
  }

  /** The attention of a layer. */
  AttentionBlock layer(int layer, Rope rope, double scale) {
    return x -> {
      Value q = rope.apply(model, "attn_q_rope", query(x), heads, headDim(), fixed);
      return model.has("attn_kv_b.weight")
          ? expandedForm(layer, rope, scale, q, x)
          : absorbedForm(layer, rope, scale, q, x);
    };
  }

  private Value absorbedForm(int layer, Rope rope, double scale, Value q, Value x) {
    Compressed compressed = compressed(rope, x);
    Value k = model.graph().concat("attn_k", 1, compressed.latent(), compressed.turned());
    var spec = new StateSpec(1, latent + rotating, 0, latent, 0, model.options().stateType());
    return expanded(attend(layer, spec, scale, absorbed(q), k, Value.ABSENT));
  }

  private Value expandedForm(int layer, Rope rope, double scale, Value q, Value x) {
    GraphBuilder graph = model.graph();
    Dim tokens = model.batch();
    Dim count = Dim.of(heads);
    Compressed compressed = compressed(rope, x);
    Value kv = model.linear("attn_kv_b", compressed.latent(), (long) heads * (fixed + valueDim));
    Value split = graph.reshape("attn_kv_heads", kv, tokens, count, Dim.of(fixed + valueDim));
    Value still = graph.slice("attn_k_nope", split, 2, 0, fixed);
    Value values = graph.slice("attn_v_heads", split, 2, fixed, valueDim);
    Value turned =
        graph.reshape("attn_k_pe_head", compressed.turned(), tokens, Dim.of(1), Dim.of(rotating));
    // The turned part is the same for all heads.
    Value[] copies = new Value[heads];
    Arrays.fill(copies, turned);
    Value tails = graph.concat("attn_k_pe_heads", 1, copies);
    Value keys = graph.concat("attn_k_heads", 2, still, tails);
    Value k = graph.reshape("attn_k", keys, tokens, Dim.of((long) heads * headDim()));
    Value v = graph.reshape("attn_v", values, tokens, Dim.of((long) heads * valueDim));
    var spec = new StateSpec(heads, headDim(), valueDim, 0, 0, model.options().stateType());
    return attend(layer, spec, scale, q, k, v);
  }

  private Value attend(int layer, StateSpec spec, double scale, Value q, Value k, Value v) {
    Optional<String> state = Optional.of(model.state(layer, spec));
    var op = new Attention(heads, spec, (float) scale, 0, true, state);
    return model.graph().attention("attn", op, q, k, v, model.positions(), model.sequences());
  }

  private Value query(Value x) {
    long out = (long) heads * headDim();
    if (model.has("attn_q.weight")) {
      return model.linear("attn_q", x, out);
    }
    Value low = model.norm("attn_q_a_norm", model.linear("attn_q_a", x, queryLatent));
    return model.linear("attn_q_b", low, out);
  }

  /** What all heads share: the normalized compressed vector, and the part that turned. */
  private record Compressed(Value latent, Value turned) {}

  private Compressed compressed(Rope rope, Value x) {
    GraphBuilder graph = model.graph();
    Value both = model.linear("attn_kv_a_mqa", x, latent + rotating);
    Value turned = rope.apply(model, "attn_k_rope", both, 1, latent + rotating, latent);
    Value compressed = graph.slice("attn_kv_a", turned, 1, 0, latent);
    Value tail = graph.slice("attn_k_pe", turned, 1, latent, rotating);
    return new Compressed(model.norm("attn_kv_a_norm", compressed), tail);
  }

  /** Queries against the compressed keys, [tokens, heads * (latent + rotating)]. */
  private Value absorbed(Value q) {
    GraphBuilder graph = model.graph();
    Dim tokens = model.batch();
    Value split = graph.reshape("attn_q_heads", q, tokens, Dim.of(heads), Dim.of(headDim()));
    Value still = graph.slice("attn_q_nope", split, 2, 0, fixed);
    Value tail = graph.slice("attn_q_pe", split, 2, fixed, rotating);
    Value weight = model.weights().matrix(model.name("attn_k_b.weight"), heads, latent, fixed);
    Value absorbed = perHead("attn_k_b", still, weight);
    Value joined = graph.concat("attn_q_absorbed", 2, absorbed, tail);
    return graph.reshape("attn_q_rows", joined, tokens, Dim.of((long) heads * (latent + rotating)));
  }

  /** What the heads give, expanded to values, [tokens, heads * valueDim]. */
  private Value expanded(Value x) {
    GraphBuilder graph = model.graph();
    Dim tokens = model.batch();
    Value split = graph.reshape("attn_heads", x, tokens, Dim.of(heads), Dim.of(latent));
    Value weight = model.weights().matrix(model.name("attn_v_b.weight"), heads, valueDim, latent);
    Value values = perHead("attn_v_b", split, weight);
    return graph.reshape("attn_rows_joined", values, tokens, Dim.of((long) heads * valueDim));
  }

  /** [tokens, heads, in] by [heads, out, in]: one matrix per head, [tokens, heads, out]. */
  private Value perHead(String root, Value x, Value weight) {
    GraphBuilder graph = model.graph();
    Value byHead = graph.transpose(root + "_in", x, 1, 0, 2);
    return graph.transpose(root + "_out", graph.linear(root, byHead, weight), 1, 0, 2);
  }
}
