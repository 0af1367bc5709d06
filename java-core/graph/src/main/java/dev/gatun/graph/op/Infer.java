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

  /**
   * NumPy's rule. A symbol of the inputs meets only itself or 1. What depends on data, and a
   * quotient, may turn out to be the same as anything within its bounds: the run checks it.
   */
  static List<Dim> broadcast(Op op, List<Dim> a, List<Dim> b) {
    int rank = Math.max(a.size(), b.size());
    List<Dim> dims = new ArrayList<>();
    for (int i = 0; i < rank; i++) {
      int ai = i - (rank - a.size());
      int bi = i - (rank - b.size());
      Dim x = ai < 0 ? Dim.of(1) : a.get(ai);
      Dim y = bi < 0 ? Dim.of(1) : b.get(bi);
      check(op, mayMeet(x, y) || x.is(1) || y.is(1), "%s and %s do not broadcast", a, b);
      dims.add(x.is(1) ? y : y.is(1) || x.equals(y) ? x : common(x, y));
    }
    return dims;
  }

  /** Whether two extents are the same, or may turn out to be. */
  static boolean mayMeet(Dim x, Dim y) {
    if (x.equals(y)) {
      return true;
    }
    boolean open = isOpen(x) || isOpen(y);
    return open
        && ((x.min() <= y.max() && y.min() <= x.max())
            || (x.min() <= 1 && isOpen(x))
            || (y.min() <= 1 && isOpen(y)));
  }

  private static boolean isOpen(Dim dim) {
    return dim.dataDependent() || (dim instanceof Dim.Affine affine && affine.divisor() != 1);
  }

  /** The extent of two that meet at run time. */
  private static Dim common(Dim x, Dim y) {
    if (x instanceof Dim.Fixed || (y.min() > 1 && !y.dataDependent() && isOpen(x))) {
      return x instanceof Dim.Fixed ? x : y;
    }
    if (y instanceof Dim.Fixed || (x.min() > 1 && !x.dataDependent())) {
      return y instanceof Dim.Fixed ? y : x;
    }
    String a = x.toString();
    String b = y.toString();
    String name = a.compareTo(b) < 0 ? a + "|" + b : b + "|" + a;
    return new Dim.Symbol(name, 0, Math.max(x.max(), y.max()), true);
  }

  /** Whether a value of one type may stand where another is declared. */
  static boolean mayBe(ValueType actual, ValueType declared) {
    if (actual.dtype() != declared.dtype() || actual.rank() != declared.rank()) {
      return false;
    }
    for (int axis = 0; axis < actual.rank(); axis++) {
      if (!mayBe(actual.dim(axis), declared.dim(axis))) {
        return false;
      }
    }
    return true;
  }

  /** Whether two extents are the same, or one depends on data and may turn out to be the other. */
  static boolean mayBe(Dim x, Dim y) {
    return x.equals(y) || ((isOpen(x) || isOpen(y)) && x.min() <= y.max() && y.min() <= x.max());
  }

  /** The sum of extents; a symbol of its own where no extent says it. */
  static Dim sum(Dim a, Dim b) {
    boolean quotients =
        (a instanceof Dim.Affine x && x.divisor() != 1 && !(b instanceof Dim.Fixed))
            || (b instanceof Dim.Affine y && y.divisor() != 1 && !(a instanceof Dim.Fixed));
    return quotients
        ? new Dim.Symbol("(" + a + ")+(" + b + ")", a.min() + b.min(), a.max() + b.max(), true)
        : a.plus(b);
  }

  static boolean mayBe(List<ValueType> actual, List<ValueType> declared) {
    if (actual.size() != declared.size()) {
      return false;
    }
    for (int i = 0; i < actual.size(); i++) {
      ValueType a = actual.get(i);
      if (a == null || !mayBe(a, declared.get(i))) {
        return false;
      }
    }
    return true;
  }

  static void subgraph(Op op, Graph graph, List<ValueType> inputs) {
    List<ValueType> types = graph.inputs().stream().map(Value::type).toList();
    check(op, mayBe(inputs, types), "subgraph %s takes %s, not %s", graph.name(), types, inputs);
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
        types.size() >= expected.size() && mayBe(types.subList(0, expected.size()), expected),
        "subgraph %s gives %s, not %s",
        graph.name(),
        types,
        expected);
  }

  static List<ValueType> inputs(Graph graph) {
    return graph.inputs().stream().map(Value::type).toList();
  }

  static List<ValueType> outputs(Graph graph) {
    return graph.outputs().stream().map(Value::type).toList();
  }
}
