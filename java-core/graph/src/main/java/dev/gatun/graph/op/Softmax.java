package dev.gatun.graph.op;

import dev.gatun.graph.Cost;
import dev.gatun.graph.ValueType;
import dev.gatun.tensor.Shape;
import java.util.List;

/**
 * Softmax along one axis, computed with the maximum subtracted.
 *
 * @param axis from 0, or negative from the end
 */
public record Softmax(int axis) implements Op {
  @Override
  public String type() {
    return "Softmax";
  }

  @Override
  public List<ValueType> infer(List<ValueType> inputs) {
    ValueType x = Infer.floating(this, inputs, 0);
    Infer.check(this, axis >= -x.rank() && axis < x.rank(), "axis %s outside %s", axis, x);
    return List.of(x);
  }

  @Override
  public Cost cost(List<TypedShape> inputs, List<TypedShape> outputs) {
    return Costs.streaming(
        (Costs.FUNCTION + 4) * Costs.elements(outputs.getFirst()), inputs, outputs);
  }

  @Override
  public List<Array> reference(ReferenceCall call) {
    Array x = call.input(0);
    Shape shape = x.shape();
    int along = axis < 0 ? shape.rank() + axis : axis;
    int n = Math.toIntExact(shape.dim(along));
    int inner = Broadcast.product(shape, along + 1, shape.rank());
    int outer = Broadcast.product(shape, 0, along);
    double[] y = x.values().clone();
    double[] row = new double[n];
    for (int o = 0; o < outer; o++) {
      for (int i = 0; i < inner; i++) {
        int at = o * n * inner + i;
        for (int j = 0; j < n; j++) {
          row[j] = y[at + j * inner];
        }
        normalize(row, n);
        for (int j = 0; j < n; j++) {
          y[at + j * inner] = row[j];
        }
      }
    }
    return List.of(new Array(x.dtype(), shape, y));
  }

  /** Softmax of the first {@code n} values, in place. */
  static void normalize(double[] row, int n) {
    double max = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < n; i++) {
      max = Math.max(max, row[i]);
    }
    double sum = 0;
    for (int i = 0; i < n; i++) {
      row[i] = Math.exp(row[i] - max);
      sum += row[i];
    }
    for (int i = 0; i < n; i++) {
      row[i] /= sum;
    }
  }
}
