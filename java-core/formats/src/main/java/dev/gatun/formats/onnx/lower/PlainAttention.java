package dev.gatun.formats.onnx.lower;

import dev.gatun.graph.Node;
import dev.gatun.graph.StateSpec;
import dev.gatun.graph.op.Attention;
import dev.gatun.tensor.DType;
import java.util.List;

/**
 * Attention by standard operators: product, scale, bound, mask, softmax, product. Query heads of
 * one group stand beside each other, so that keys and values are not repeated: scores are [..,
 * kvHeads, group, queries, keys].
 */
final class PlainAttention {
  private final Emitter emitter;
  private final Attention op;
  private final StateSpec spec;
  private final long group;

  PlainAttention(Emitter emitter, Attention op) {
    this.emitter = emitter;
    this.op = op;
    this.spec = op.spec();
    this.group = op.heads() / spec.kvHeads();
  }

  /** Over the batch alone. */
  Operand attend(Node node) {
    Operand q = emitter.single(node.input(0));
    Operand k = emitter.single(node.input(1));
    Operand v = emitter.single(node.input(2));
    boolean padded = node.input(0).type().rank() == 3;
    Operand scores = scores(q, k, padded);
    if (padded) {
      if (!node.input(5).isAbsent()) {
        Operand bias = emitter.single(node.input(5));
        bias = emitter.emit("Unsqueeze", DType.F32, bias, emitter.longs(1, 2, 3));
        scores = emitter.emit("Add", DType.F32, scores, bias);
      }
      if (op.causal()) {
        Operand places = range(Extents.size(emitter, node.input(0).type().dim(1)));
        scores = masked(scores, inTime(column(places), row(places)));
      }
    } else {
      Operand ids = emitter.cast(emitter.operand(node.input(4)), DType.I64);
      Operand seen =
          emitter.once(
              List.of("same", ids), () -> emitter.emit("Equal", DType.BOOL, column(ids), row(ids)));
      if (op.causal()) {
        Operand places = emitter.cast(emitter.operand(node.input(3)), DType.I64);
        Operand same = seen;
        seen =
            emitter.once(
                List.of("seen", ids, places, spec.window()),
                () -> emitter.emit("And", DType.BOOL, same, inTime(column(places), row(places))));
      }
      scores = masked(scores, seen);
    }
    return mixed(scores, values(k, v), padded);
  }

  /** Over a state of one sequence, whose buffers are [capacity, kvHeads * dim]. */
  Operand attend(Node node, LoweredState state) {
    Operand places = emitter.cast(emitter.operand(node.input(3)), DType.I64);
    Operand k = stored(state.key(), places, emitter.single(node.input(1)));
    Operand v =
        state.value().isPresent()
            ? stored(state.value().get(), places, emitter.single(node.input(2)))
            : Operand.ABSENT;
    Operand scores = scores(emitter.single(node.input(0)), k, false);
    Operand seen =
        emitter.once(
            List.of("stored", places, spec.window()),
            () -> inTime(column(places), row(range(total(places)))));
    return mixed(masked(scores, seen), values(k, v), false);
  }

  /** Number of positions up to the batch's last, I64 [1]. */
  private Operand total(Operand places) {
    return emitter.once(
        List.of("positions", places),
        () -> {
          Operand last =
              emitter.emit(
                  "ReduceMax",
                  Attributes.none().with("keepdims", 1),
                  DType.I64,
                  places,
                  emitter.longs(0));
          return emitter.emit("Add", DType.I64, last, emitter.longs(1));
        });
  }

  /** Writes rows at their positions and gives all rows up to the last. */
  private Operand stored(LoweredState.Cache cache, Operand places, Operand rows) {
    Operand index =
        emitter.once(
            List.of("index", places),
            () -> emitter.emit("Unsqueeze", DType.I64, places, emitter.longs(1)));
    Operand past = new Operand(cache.past(), DType.F32);
    emitter.add(
        "ScatterND", Attributes.none(), List.of(past, index, rows), List.of(cache.present()));
    return emitter.emit(
        "Slice",
        DType.F32,
        new Operand(cache.present(), DType.F32),
        emitter.longs(0),
        total(places),
        emitter.longs(0));
  }

  /** Values: given, or a part of the keys. */
  private Operand values(Operand k, Operand v) {
    return v.name().isEmpty() ? k : v;
  }

  private Operand scores(Operand q, Operand k, boolean padded) {
    Operand queries =
        heads(q, padded, spec.kvHeads(), group, spec.keyDim(), List.of(1L, 2L, 0L, 3L));
    Operand keys = heads(k, padded, spec.kvHeads(), 1, spec.keyDim(), List.of(1L, 2L, 3L, 0L));
    Operand scores = emitter.emit("MatMul", DType.F32, queries, keys);
    scores = emitter.emit("Mul", DType.F32, scores, emitter.real(DType.F32, op.scale()));
    if (op.softcap() == 0) {
      return scores;
    }
    Operand cap = emitter.real(DType.F32, op.softcap());
    Operand small = emitter.emit("Div", DType.F32, scores, cap);
    return emitter.emit("Mul", DType.F32, emitter.emit("Tanh", DType.F32, small), cap);
  }

  /** Rows [.., tokens, n * m * dim] as [.., tokens, n, m, dim], permuted. */
  private Operand heads(Operand rows, boolean padded, long n, long m, long dim, List<Long> order) {
    Operand split =
        emitter.emit(
            "Reshape",
            DType.F32,
            rows,
            padded ? emitter.longs(0, -1, n, m, dim) : emitter.longs(-1, n, m, dim));
    return permuted(split, padded, order);
  }

  private Operand permuted(Operand x, boolean padded, List<Long> order) {
    List<Long> all = order;
    if (padded) {
      all = new java.util.ArrayList<>(List.of(0L));
      for (long axis : order) {
        all.add(axis + 1);
      }
    }
    return emitter.emit("Transpose", Attributes.none().with("perm", all), x.dtype(), x);
  }

  private Operand masked(Operand scores, Operand seen) {
    Operand never = emitter.real(DType.F32, Double.NEGATIVE_INFINITY);
    return emitter.emit("Where", DType.F32, seen, scores, never);
  }

  private Operand mixed(Operand scores, Operand v, boolean padded) {
    Operand weights =
        emitter.emit("Softmax", Attributes.none().with("axis", -1), DType.F32, scores);
    boolean view = spec.valueDim() == 0;
    long stored = view ? spec.keyDim() : spec.valueDim();
    Operand values = heads(v, padded, spec.kvHeads(), 1, stored, List.of(1L, 2L, 0L, 3L));
    if (view) {
      values =
          emitter.emit(
              "Slice",
              DType.F32,
              values,
              emitter.longs(0),
              emitter.longs(spec.valueView()),
              emitter.longs(-1));
    }
    Operand mixed = emitter.emit("MatMul", DType.F32, weights, values);
    Operand rows = permuted(mixed, padded, List.of(2L, 0L, 1L, 3L));
    long width = (long) op.heads() * spec.effectiveValueDim();
    return emitter.emit(
        "Reshape",
        DType.F32,
        rows,
        padded ? emitter.longs(0, -1, width) : emitter.longs(-1, width));
  }

  /** Whether a query sees a key: not later, and within the window. */
  private Operand inTime(Operand query, Operand key) {
    Operand seen = emitter.emit("LessOrEqual", DType.BOOL, key, query);
    if (spec.window() == 0) {
      return seen;
    }
    Operand first = emitter.emit("Sub", DType.I64, query, emitter.longs(spec.window()));
    Operand near = emitter.emit("Greater", DType.BOOL, key, first);
    return emitter.emit("And", DType.BOOL, seen, near);
  }

  private Operand column(Operand vector) {
    return emitter.once(
        List.of("column", vector),
        () -> emitter.emit("Unsqueeze", vector.dtype(), vector, emitter.longs(1)));
  }

  private Operand row(Operand vector) {
    return emitter.once(
        List.of("row", vector),
        () -> emitter.emit("Unsqueeze", vector.dtype(), vector, emitter.longs(0)));
  }

  /** 0 to size - 1. */
  private Operand range(Operand size) {
    return emitter.once(
        List.of("range", size),
        () -> {
          Operand limit = emitter.emit("Squeeze", DType.I64, size, emitter.longs(0));
          return emitter.emit("Range", DType.I64, emitter.integer(0), limit, emitter.integer(1));
        });
  }
}
