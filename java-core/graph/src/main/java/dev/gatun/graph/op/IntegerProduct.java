package dev.gatun.graph.op;

import dev.gatun.graph.Dim;
import dev.gatun.graph.GraphException;
import dev.gatun.graph.ValueType;
import dev.gatun.tensor.DType;
import java.util.ArrayList;
import java.util.List;

/** Products of matrices of small integers, as the quantized ops of ONNX compute them. */
final class IntegerProduct {
  private IntegerProduct() {}

  /** Dimensions of {@code A B}; vectors are not accepted. */
  static List<Dim> dims(Op op, ValueType a, ValueType b) {
    Infer.check(op, a.rank() >= 2 && b.rank() >= 2, "needs matrices, not %s and %s", a, b);
    Infer.check(
        op, Infer.mayMeet(a.dim(-1), b.dim(-2)), "inner dimensions of %s and %s differ", a, b);
    List<Dim> dims =
        new ArrayList<>(
            Infer.broadcast(
                op, a.dims().subList(0, a.rank() - 2), b.dims().subList(0, b.rank() - 2)));
    dims.add(a.dim(-2));
    dims.add(b.dim(-1));
    return dims;
  }

  /**
   * {@code (A - a zero) (B - b zero)}, exact.
   *
   * @param aZero one number, one per row, or null
   * @param bZero one number, one per column, or null
   */
  static Array of(Array a, Array aZero, Array b, Array bZero) {
    Array left = minus(a, aZero, true);
    Array right = minus(b, bZero, false);
    return new MatMul(false).reference(new Arguments(List.of(left, right))).getFirst();
  }

  private static Array minus(Array x, Array zero, boolean rows) {
    double[] y = x.values().clone();
    int columns = Math.toIntExact(x.shape().dim(-1));
    int height = Math.toIntExact(x.shape().dim(-2));
    for (int i = 0; i < y.length && zero != null; i++) {
      int count = zero.values().length;
      int wanted = rows ? height : columns;
      if (count != 1 && count % wanted != 0) {
        throw new GraphException("%d zero points for %s".formatted(count, x.shape()));
      }
      int at = rows ? i / columns % height : i % columns;
      int batch = count <= wanted ? 0 : i / (columns * height) % (count / wanted);
      y[i] -= zero.values()[count == 1 ? 0 : batch * wanted + at];
    }
    return new Array(DType.F64, x.shape(), y);
  }
}
