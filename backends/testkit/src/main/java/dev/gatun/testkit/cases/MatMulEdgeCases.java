package dev.gatun.testkit.cases;

import dev.gatun.graph.Value;
import dev.gatun.graph.op.Array;
import dev.gatun.graph.op.Gather;
import dev.gatun.graph.op.MatMul;
import dev.gatun.tensor.DType;
import dev.gatun.tensor.Shape;
import dev.gatun.tensor.Tensor;
import dev.gatun.testkit.Bound;
import dev.gatun.testkit.ConformanceCase;
import dev.gatun.testkit.Scenario;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Products of tails, special values, computed matrices and batches; rows of every format. */
final class MatMulEdgeCases {
  private MatMulEdgeCases() {}

  static Stream<ConformanceCase> all() {
    Stream<ConformanceCase> tails =
        Stream.of(DType.F32, DType.F16, DType.BF16)
            .map(format ->
                ElementwiseCases.of("MatMul/" + format + "/tails", n -> tails(n, format)));
    Stream<ConformanceCase> special =
        MatMulCases.weightFormats().stream()
            .map(format ->
                ElementwiseCases.of("MatMul/" + format + "/special", n -> special(n, format)));
    Stream<ConformanceCase> gather =
        MatMulCases.weightFormats().stream()
            .map(format -> ElementwiseCases.of("Gather/" + format, n -> gather(n, format)));
    Stream<ConformanceCase> other =
        Stream.of(
            ElementwiseCases.of("MatMul/not transposed", MatMulEdgeCases::notTransposed),
            ElementwiseCases.of("MatMul/computed operands", MatMulEdgeCases::computed),
            ElementwiseCases.of("MatMul/batched", MatMulEdgeCases::batched),
            ElementwiseCases.of("Gather/axes and integers", MatMulEdgeCases::gatherAxes));
    return Stream.of(tails, special, gather, other).flatMap(cases -> cases);
  }

  /** Every inner length from 1 to 67. */
  private static Scenario tails(String name, DType format) {
    Sketch sketch = new Sketch(name);
    Products products = new Products(sketch);
    for (int k = 1; k <= 67; k++) {
      Value x = sketch.normal("x" + k, 3, k);
      products.add("y" + k, x, sketch.data().weights(format, 5, k));
    }
    return products.scenario();
  }

  /** NaN, infinities, zeros and tiny numbers stay in their own rows. */
  private static Scenario special(String name, DType format) {
    Sketch sketch = new Sketch(name);
    int k = format.isBlocked() ? 2 * format.blockElements() : 75;
    int rows = 7;
    Array x = sketch.data().normal(rows, k);
    x.values()[k + 1] = Double.NaN;
    x.values()[2 * k] = Double.POSITIVE_INFINITY;
    x.values()[3 * k - 1] = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < k; i++) {
      x.values()[4 * k + i] = 0;
      x.values()[5 * k + i] = (float) (x.values()[5 * k + i] * 0x1p-140);
      x.values()[6 * k + i] = (float) (x.values()[6 * k + i] * 1e20);
    }
    Products products = new Products(sketch);
    products.add("y", sketch.input("x", x), sketch.data().weights(format, 11, k));
    return products.scenario();
  }

  private static Scenario notTransposed(String name) {
    Sketch sketch = new Sketch(name);
    for (int n : List.of(1, 3, 8, 17, 33)) {
      Value x = sketch.normal("x" + n, 5, 29);
      sketch.output("y" + n, new MatMul(false), x, sketch.weights("w" + n, DType.F32, 29, n));
    }
    return sketch.scenario(Bound.ofRow(1e-5));
  }

  private static Scenario computed(String name) {
    Sketch sketch = new Sketch(name);
    for (int n : List.of(1, 4, 9, 16, 31)) {
      Value a = sketch.normal("a" + n, 7, 21);
      sketch.output("y" + n, new MatMul(true), a, sketch.normal("b" + n, n, 21));
      sketch.output("z" + n, new MatMul(false), a, sketch.normal("c" + n, 21, n));
    }
    // 21 products of size 1, whose sum may be far smaller: with one column, nothing else tells.
    return sketch.scenario(Bound.relative(1e-5, 5e-6));
  }

  private static Scenario batched(String name) {
    Sketch sketch = new Sketch(name);
    Value a = sketch.normal("a", 2, 3, 5, 13);
    sketch.output("same", new MatMul(true), a, sketch.normal("b", 2, 3, 4, 13));
    sketch.output("shared", new MatMul(true), a, sketch.normal("c", 4, 13));
    sketch.output("repeated", new MatMul(false), a, sketch.normal("d", 3, 13, 6));
    sketch.output(
        "wide", new MatMul(true), sketch.normal("e", 5, 13), sketch.normal("f", 2, 4, 13));
    return sketch.scenario(Bound.ofRow(1e-5));
  }

  /** Rows decode exactly; negative indices count from the end; the same row may come twice. */
  private static Scenario gather(String name, DType format) {
    Sketch sketch = new Sketch(name);
    int k = format.isBlocked() ? 2 * format.blockElements() : 19;
    Value data = sketch.weights("data", format, 13, k);
    double[] picks = {0, 12, 5, 5, 1, -1, -13, 7};
    sketch.output(
        "rows", new Gather(0), data, sketch.input("i", new Array(DType.I32, Shape.of(8), picks)));
    sketch.output(
        "one", new Gather(0), data, sketch.input("j", new Array(DType.I32, Shape.of(1), 3)));
    sketch.output(
        "square",
        new Gather(0),
        data,
        sketch.input("l", sketch.data().integers(DType.I64, 13, 2, 3)));
    return sketch.scenario(Bound.exact());
  }

  private static Scenario gatherAxes(String name) {
    Sketch sketch = new Sketch(name);
    Value cube = sketch.normal("cube", 4, 5, 6);
    Value indices = sketch.input("i", sketch.data().integers(DType.I32, 4, 7));
    for (int axis = 0; axis < 3; axis++) {
      sketch.output("axis" + axis, new Gather(axis), cube, indices);
    }
    Value scalar = sketch.input("s", new Array(DType.I32, Shape.of(), 2));
    sketch.output("scalar", new Gather(1), cube, scalar);
    Value whole = sketch.input("w", sketch.data().integers(DType.I64, 99, 9));
    sketch.output("integers", new Gather(0), whole, indices);
    return sketch.scenario(Bound.exact());
  }

  /** Products with weights, and what their bound needs to know. */
  private static final class Products {
    private final Sketch sketch;
    private final Map<String, Array> weights = new LinkedHashMap<>();
    private final Map<String, String> inputs = new LinkedHashMap<>();

    Products(Sketch sketch) {
      this.sketch = sketch;
    }

    void add(String name, Value x, Tensor w) {
      Value constant = sketch.graph().constant("w." + name, w);
      Value y = sketch.output(name, new MatMul(true), x, constant);
      weights.put(y.name(), Array.of(w));
      inputs.put(y.name(), x.name());
    }

    Scenario scenario() {
      return sketch.scenario(new MatMulBound(weights, inputs));
    }
  }
}
