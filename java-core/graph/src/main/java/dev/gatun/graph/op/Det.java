package dev.gatun.graph.op;

import dev.gatun.graph.ValueType;
import dev.gatun.tensor.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Determinants of square matrices [.., n, n], by elimination with partial pivoting. */
public record Det() implements OnnxOp {
  @Override
  public String type() {
    return "Det";
  }

  @Override
  public Map<String, Object> attributes() {
    return Map.of();
  }

  @Override
  public List<ValueType> infer(List<ValueType> inputs) {
    ValueType x = Infer.floating(this, inputs, 0);
    Infer.rank(this, x, 2);
    Infer.check(this, Infer.mayMeet(x.dim(-1), x.dim(-2)), "%s are no square matrices", x);
    return List.of(new ValueType(x.dtype(), x.dims().subList(0, x.rank() - 2)));
  }

  @Override
  public List<Array> reference(ReferenceCall call) {
    Array x = call.input(0);
    int n = Math.toIntExact(x.shape().rowLength());
    Shape shape = Shape.of(Arrays.copyOf(x.shape().toArray(), x.shape().rank() - 2));
    double[] y = new double[Math.toIntExact(shape.elements())];
    for (int i = 0; i < y.length; i++) {
      double[][] rows = new double[n][];
      for (int row = 0; row < n; row++) {
        rows[row] = Arrays.copyOfRange(x.values(), (i * n + row) * n, (i * n + row + 1) * n);
      }
      y[i] = determinant(rows);
    }
    return List.of(new Array(x.dtype(), shape, y));
  }

  private static double determinant(double[][] rows) {
    double product = 1;
    for (int k = 0; k < rows.length; k++) {
      int pivot = k;
      for (int row = k + 1; row < rows.length; row++) {
        if (Math.abs(rows[row][k]) > Math.abs(rows[pivot][k])) {
          pivot = row;
        }
      }
      if (rows[pivot][k] == 0) {
        return 0;
      }
      double[] top = rows[pivot];
      rows[pivot] = rows[k];
      rows[k] = top;
      product *= pivot == k ? top[k] : -top[k];
      for (int row = k + 1; row < rows.length; row++) {
        double factor = rows[row][k] / top[k];
        for (int column = k; column < rows.length; column++) {
          rows[row][column] -= factor * top[column];
        }
      }
    }
    return product;
  }
}
