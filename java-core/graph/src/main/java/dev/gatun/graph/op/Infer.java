package dev.gatun.graph.op;

import dev.gatun.graph.Dim;
import dev.gatun.graph.Graph;
import dev.gatun.graph.GraphException;
import dev.gatun.graph.Value;
import dev.gatun.graph.ValueType;
import dev.gatun.tensor.DType;
import java.util.ArrayList;
import java.util.List;

/** Checks that shape inference shares. */
final class Infer {
  private Infer() {}

  static void check(Op op, boolean holds, String message, Object... args) {
    if (!holds) {
      throw new GraphException(op.type() + ": " + message.formatted(args));
    }
  }

  static boolean present(List<ValueType> inputs, int index) {
    return index < inputs.size() && inputs.get(index) != null;
  }

  static ValueType required(Op op, List<ValueType> inputs, int index) {
    check(op, present(inputs, index), "input %s is missing", index);
    return inputs.get(index);
  }

  static ValueType floating(Op op, List<ValueType> inputs, int index) {
    ValueType type = required(op, inputs, index);
    check(op, type.dtype().isFloat(), "input %s is %s, not floating point", index, type);
    return type;
  }

  /** Not of a block format: single elements can be computed with. */
  static ValueType plain(Op op, List<ValueType> inputs, int index) {
    ValueType type = required(op, inputs, index);
    check(
        op,
        !type.dtype().isBlocked() && type.dtype() != DType.STRING,
        "input %s is %s, not a plain dtype",
        index,
        type);
    return type;
  }

  /** Floating point or a weight format. */
  static ValueType weights(Op op, List<ValueType> inputs, int index) {
    ValueType type = required(op, inputs, index);
    check(
        op,
        type.dtype().isFloat() || type.dtype().isBlocked(),
        "input %s is %s, neither floating point nor a weight format",
        index,
        type);
    return type;
  }

  static void rank(Op op, ValueType type, int least) {
    check(op, type.rank() >= least, "%s has fewer than %s dimensions", type, least);
  }

  static ValueType integer(Op op, List<ValueType> inputs, int index) {
    ValueType type = required(op, inputs, index);
    check(
        op,
        type.dtype() == DType.I32 || type.dtype() == DType.I64,
        "input %s is %s, not I32 or I64",
        index,
        type);
    return type;
  }

  static void vector(Op op, List<ValueType> inputs, int index, Dim length) {
    ValueType type = floating(op, inputs, index);
    check(op, type.dims().equals(List.of(length)), "input %s is %s, not [%s]", index, type, length);
  }

  /** NumPy's rule; a symbol meets only itself or 1. */
  static List<Dim> broadcast(Op op, List<Dim> a, List<Dim> b) {
    int rank = Math.max(a.size(), b.size());
    List<Dim> dims = new ArrayList<>();
    for (int i = 0; i < rank; i++) {
      int ai = i - (rank - a.size());
      int bi = i - (rank - b.size());
      Dim x = ai < 0 ? Dim.of(1) : a.get(ai);
      Dim y = bi < 0 ? Dim.of(1) : b.get(bi);
      check(op, x.equals(y) || x.is(1) || y.is(1), "%s and %s do not broadcast", a, b);
      dims.add(x.is(1) ? y : x);
    }
    return dims;
  }

  static void subgraph(Op op, Graph graph, List<ValueType> inputs) {
    List<ValueType> types = graph.inputs().stream().map(Value::type).toList();
    check(op, types.equals(inputs), "subgraph %s takes %s, not %s", graph.name(), types, inputs);
  }

  static void condition(Op op, ValueType type) {
    check(
        op,
        type.dtype() == DType.BOOL && type.maxElements() == 1,
        "condition is %s, not one BOOL",
        type);
  }

  static void results(Op op, Graph graph, List<ValueType> expected) {
    List<ValueType> types = outputs(graph);
    check(
        op,
        types.size() >= expected.size() && types.subList(0, expected.size()).equals(expected),
        "subgraph %s gives %s, not %s",
        graph.name(),
        types,
        expected);
  }

  static List<ValueType> outputs(Graph graph) {
    return graph.outputs().stream().map(Value::type).toList();
  }
}
