package dev.gatun.formats.onnx;

import static dev.gatun.formats.onnx.Composition.ADD;
import static dev.gatun.formats.onnx.Composition.DIV;
import static dev.gatun.formats.onnx.Composition.MUL;
import static dev.gatun.formats.onnx.Composition.SUB;

import dev.gatun.formats.onnx.Imported.Computed;
import dev.gatun.graph.Dim;
import dev.gatun.graph.Value;
import dev.gatun.graph.ValueType;
import dev.gatun.graph.op.Binary;
import dev.gatun.graph.op.Bits;
import dev.gatun.graph.op.Comparison;
import dev.gatun.graph.op.Concat;
import dev.gatun.graph.op.Expand;
import dev.gatun.graph.op.MatMul;
import dev.gatun.graph.op.Reduce;
import dev.gatun.graph.op.Reduction;
import dev.gatun.graph.op.Reshape;
import dev.gatun.graph.op.ScatterElements;
import dev.gatun.graph.op.Slice;
import dev.gatun.graph.op.Softmax;
import dev.gatun.graph.op.Transpose;
import dev.gatun.graph.op.Unary;
import dev.gatun.graph.op.Where;
import dev.gatun.tensor.DType;
import java.util.List;

/**
 * ONNX Runtime's GroupQueryAttention (domain com.microsoft): attention over a cache that is an
 * input and an output of the model.
 *
 * <p>Keys and values of the batch are written behind those of the past, at the positions that the
 * lengths of the sequences say; each query sees the positions up to its own, within a window where
 * there is one. Where the file declares a cache of the same extent before and after, it is a buffer
 * that is larger than its content; else it grows by the batch. What is behind a sequence becomes 0.
 */
final class AttentionOps {
  private final NodeScope node;
  private final Composition parts;
  private final int heads;
  private final int groups;
  private final int headDim;
  private final Dim batch;
  private final Dim tokens;

  private AttentionOps(NodeScope node) {
    this.node = node;
    this.parts = new Composition(node);
    this.heads = Math.toIntExact(node.integer("num_heads", 0));
    this.groups = Math.toIntExact(node.integer("kv_num_heads", 0));
    ValueType q = node.type(0);
    int all = node.has(1) ? heads : heads + 2 * groups;
    if (q.rank() != 3
        || !(q.dim(2) instanceof Dim.Fixed(long width))
        || groups < 1
        || heads % Math.max(1, groups) != 0
        || width % all != 0) {
      throw node.bad("has %d heads on %d for queries %s".formatted(heads, groups, q));
    }
    this.headDim = Math.toIntExact(width / all);
    this.batch = q.dim(0);
    this.tokens = q.dim(1);
  }

  static void register(OpImporters ops) {
    ops.add("com.microsoft:GroupQueryAttention", node -> new AttentionOps(node).attend());
  }

  private List<Imported> attend() {
    refuse(10, "a bias of attention");
    refuse(11, "a head sink");
    refuse(12, "scales of a quantized cache");
    if (node.flag("smooth_softmax", false) || node.wants(3)) {
      throw node.unsupported("it smooths its softmax or gives its scores");
    }
    Value given = parts.cast("last.given", node.value(5), DType.I64);
    Value last = node.step("last", new Reshape(List.of(batch, Dim.of(1))), given);
    Value positions = positions(last);
    Value q = single("q", 0, 0, heads);
    Value k = single("k", 1, heads, groups);
    Value v = single("v", 2, heads + groups, groups);
    if (node.flag("do_rotary", false)) {
      Value places = node.has(9) ? node.value(9) : positions;
      boolean interleaved = node.flag("rotary_interleaved", false);
      var rotary = RotaryOps.of(node, interleaved, node.value(7), node.value(8), places);
      q = rotary.turn("q", q);
      k = rotary.turn("k", k);
    }
    Value keys = stored("key", k, 3, 1, positions);
    Value values = stored("value", v, 4, 2, positions);
    // Queries of padding see what the sequence's last one sees.
    Value places = node.step("queries", new Binary(Binary.Function.MIN), positions, last);
    return List.of(
        new Computed(mixed(q, keys, values, places)), new Computed(keys), new Computed(values));
  }

  private void refuse(int input, String what) {
    if (node.has(input)) {
      throw node.unsupported("it has " + what);
    }
  }

  /** Heads of an input, or of the first one where that holds all: F32 [batch, tokens, n, dim]. */
  private Value single(String name, int input, int first, int count) {
    Value rows = node.value(node.has(1) ? input : 0);
    if (!node.has(1)) {
      var slice = new Slice(2, (long) first * headDim, Dim.of((long) count * headDim));
      rows = node.step(name + ".part", slice, rows);
    }
    List<Dim> dims = List.of(batch, tokens, Dim.of(count), Dim.of(headDim));
    return parts.reshape(name + ".heads", parts.cast(name + ".single", rows, DType.F32), dims);
  }

  /**
   * Positions of the batch's tokens, I64 [batch, tokens]: a sequence's last one is given; a first
   * batch, which may be padded behind shorter sequences, starts at 0.
   */
  private Value positions(Value last) {
    Value after = node.step("after", ADD, last, node.scalar("one", DType.I64, 1));
    Value past = node.step("past", SUB, after, node.extent("count", tokens));
    var max = new Binary(Binary.Function.MAX);
    Value first = node.step("first", max, past, node.scalar("zero", DType.I64, 0));
    return node.step("positions", ADD, first, parts.range("places", tokens));
  }

  /** The cache with the batch's rows written, [batch, groups, capacity, dim]. */
  private Value stored(String name, Value rows, int input, int output, Value positions) {
    Value fresh = node.step(name + ".new", new Transpose(List.of(0, 2, 1, 3)), rows);
    Value buffer = fresh;
    if (node.has(input)) {
      Value past = node.value(input);
      if (past.type().rank() != 4 || !past.type().dim(1).is(groups)) {
        throw node.unsupported("its cache is %s".formatted(past.type()));
      }
      fresh = parts.cast(name + ".narrow", fresh, past.type().dtype());
      buffer = isShared(past, output) ? past : grown(name, past, fresh);
    }
    List<Dim> dims = fresh.type().dims();
    Value column =
        node.step(
            name + ".column", new Reshape(List.of(batch, Dim.of(1), tokens, Dim.of(1))), positions);
    Value at =
        node.step(name + ".at", new Expand(dims), column, node.extents(name + ".extents", dims));
    Value put = node.step(name + ".put", new ScatterElements(2, Reduction.NONE), buffer, at, fresh);
    return cut(name, put, positions, output);
  }

  /** Behind a sequence, which is shorter than its cache, there are zeros. */
  private Value cut(String name, Value cache, Value positions, int output) {
    Value last =
        node.step(name + ".last", new Reduce(Reduce.Function.MAX, List.of(1), true), positions);
    Value column =
        node.step(
            name + ".lasts", new Reshape(List.of(batch, Dim.of(1), Dim.of(1), Dim.of(1))), last);
    List<Dim> dims = List.of(cache.type().dim(2), Dim.of(1));
    Value keys =
        node.step(
            name + ".rows", new Reshape(dims), parts.range(name + ".places", cache.type().dim(2)));
    Value within =
        node.step(
            name + ".within", new Comparison(Comparison.Function.LESS_OR_EQUAL), keys, column);
    Value zero = node.scalar(name + ".zero", cache.type().dtype(), 0);
    return node.wants(output)
        ? ((Computed) node.output(output, new Where(), within, cache, zero)).value()
        : node.step(name, new Where(), within, cache, zero);
  }

  /** What is behind the past is written anew: any numbers do. */
  private Value grown(String name, Value past, Value fresh) {
    if (past.type().dim(2) instanceof Dim.Symbol(String symbol, long min, _, _) && min > 0) {
      throw new SymbolEmpty(symbol);
    }
    return node.step(name + ".grown", new Concat(2), past, fresh);
  }

  private boolean isShared(Value past, int output) {
    return node.wants(output)
        && node.graph()
            .declared(node.node().outputs().get(output))
            .filter(type -> type.rank() == 4 && type.dim(2).equals(past.type().dim(2)))
            .isPresent();
  }

  private Value mixed(Value q, Value keys, Value values, Value places) {
    int group = heads / groups;
    Dim all = tokens.times(group);
    Dim capacity = keys.type().dim(2);
    List<Dim> split = List.of(batch, tokens, Dim.of(groups), Dim.of(group), Dim.of(headDim));
    Value grouped = node.step("grouped", new Reshape(split), q);
    Value turned = node.step("turned", new Transpose(List.of(0, 2, 3, 1, 4)), grouped);
    List<Dim> flat = List.of(batch, Dim.of(groups), all, Dim.of(headDim));
    Value queries = node.step("flat", new Reshape(flat), turned);
    Value k = parts.cast("keys", keys, DType.F32);
    Value v = parts.cast("values", values, DType.F32);
    float scale = node.real("scale", 0);
    float factor = scale == 0 ? (float) (1 / Math.sqrt(headDim)) : scale;
    Value scaled = node.step("scaled", MUL, queries, node.scalar("scale", factor));
    Value scores = node.step("scores", new MatMul(true), scaled, k);
    List<Dim> masks = List.of(batch, Dim.of(groups), Dim.of(group), tokens, capacity);
    Value masked = node.step("shaped", new Reshape(masks), capped(scores));
    Value never = node.scalar("never", Float.NEGATIVE_INFINITY);
    masked = node.step("masked", new Where(), seen(places, capacity), masked, never);
    Value weights = node.step("weights", new Softmax(4), masked);
    List<Dim> rows = List.of(batch, Dim.of(groups), all, capacity);
    Value mixed =
        node.step("mixed", new MatMul(false), node.step("rows", new Reshape(rows), weights), v);
    List<Dim> apart = List.of(batch, Dim.of(groups), Dim.of(group), tokens, Dim.of(headDim));
    Value back = node.step("apart", new Reshape(apart), mixed);
    back = node.step("back", new Transpose(List.of(0, 3, 1, 2, 4)), back);
    List<Dim> dims = List.of(batch, tokens, Dim.of((long) heads * headDim));
    var type = new ValueType(node.type(0).dtype(), dims);
    return ((Computed) parts.finish(back, type).getFirst()).value();
  }

  private Value capped(Value scores) {
    float cap = node.real("softcap", 0);
    if (cap == 0) {
      return scores;
    }
    Value small = node.step("small", DIV, scores, node.scalar("cap", cap));
    Value bounded = node.step("bounded", new Unary(Unary.Function.TANH), small);
    return node.step("capped", MUL, bounded, node.scalar("cap.again", cap));
  }

  /** Which keys a query sees, BOOL [batch, 1, 1, tokens, capacity]. */
  private Value seen(Value positions, Dim capacity) {
    List<Dim> dims = List.of(batch, Dim.of(1), Dim.of(1), tokens, Dim.of(1));
    Value places = node.step("queries.places", new Reshape(dims), positions);
    Value keys = parts.range("keys.places", capacity);
    var earlier = new Comparison(Comparison.Function.LESS_OR_EQUAL);
    Value seen = node.step("seen", earlier, keys, places);
    long window = node.integer("local_window_size", -1);
    if (window < 0) {
      return seen;
    }
    Value first =
        node.step("first.seen", SUB, places, node.scalar("window", DType.I64, (double) window));
    var later = new Comparison(Comparison.Function.GREATER);
    Value near = node.step("near", later, keys, first);
    return node.step("seen.near", new Bits(Bits.Function.AND), seen, near);
  }
}
