package dev.gatun.graph.op;

import dev.gatun.graph.Cost;
import dev.gatun.graph.Dim;
import dev.gatun.graph.ValueType;
import dev.gatun.tensor.DType;
import dev.gatun.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Matrix product {@code A B} (ONNX MatMul), or {@code A B^T} (contrib FusedMatMul with transB).
 *
 * <p>Inputs: A [.., M, K] floating; B [.., K, N], or [.., N, K] when transposed; leading dimensions
 * broadcast. Output [.., M, N] F32. A constant transposed B may be of any weight format, blocked
 * along K: this is how models store their weights.
 */
public record MatMul(boolean transposeB) implements Op {
  @Override
  public String type() {
    return "MatMul";
  }

  @Override
  public List<ValueType> infer(List<ValueType> inputs) {
    ValueType a = Infer.floating(this, inputs, 0);
    ValueType b = Infer.weights(this, inputs, 1);
    Infer.check(this, a.rank() >= 2 && b.rank() >= 2, "needs matrices, not %s and %s", a, b);
    Infer.check(
        this, transposeB || !b.dtype().isBlocked(), "blocked weights must be [N, K]: %s", b);
    Dim inner = transposeB ? b.dim(-1) : b.dim(-2);
    Infer.check(this, a.dim(-1).equals(inner), "inner dimensions of %s and %s differ", a, b);
    List<Dim> dims =
        new ArrayList<>(
            Infer.broadcast(
                this, a.dims().subList(0, a.rank() - 2), b.dims().subList(0, b.rank() - 2)));
    dims.add(a.dim(-2));
    dims.add(transposeB ? b.dim(-2) : b.dim(-1));
    return List.of(new ValueType(DType.F32, dims));
  }

  @Override
  public Cost cost(List<TypedShape> inputs, List<TypedShape> outputs) {
    return Costs.streaming(
        2 * Costs.elements(outputs.getFirst()) * inputs.getFirst().shape().dim(-1),
        inputs,
        outputs);
  }

  @Override
  public List<Array> reference(ReferenceCall call) {
    Array a = call.input(0);
    Array b = call.input(1);
    int rows = Math.toIntExact(a.shape().dim(-2));
    int inner = Math.toIntExact(a.shape().dim(-1));
    int columns = Math.toIntExact(b.shape().dim(transposeB ? -2 : -1));
    Shape batch = Broadcast.shape(leading(a.shape()), leading(b.shape()));
    int[] aAt = Broadcast.offsets(batch, Broadcast.strides(leading(a.shape()), batch));
    int[] bAt = Broadcast.offsets(batch, Broadcast.strides(leading(b.shape()), batch));
    double[] y = new double[Math.multiplyExact(aAt.length * rows, columns)];
    double[] column = new double[inner];
    for (int i = 0; i < aAt.length; i++) {
      for (int n = 0; n < columns; n++) {
        readColumn(b, (long) bAt[i] * columns * inner, n, columns, column);
        for (int m = 0; m < rows; m++) {
          y[(i * rows + m) * columns + n] =
              Linear.dot(a.values(), (aAt[i] * rows + m) * inner, column, 0, inner);
        }
      }
    }
    long[] dims = Arrays.copyOf(batch.toArray(), batch.rank() + 2);
    dims[batch.rank()] = rows;
    dims[batch.rank() + 1] = columns;
    return List.of(new Array(DType.F32, Shape.of(dims), y));
  }

  private void readColumn(Array b, long matrix, int n, int columns, double[] column) {
    if (transposeB) {
      b.read(matrix + (long) n * column.length, column, column.length);
      return;
    }
    double[] values = b.values();
    int at = Math.toIntExact(matrix) + n;
    for (int k = 0; k < column.length; k++) {
      column[k] = values[at + k * columns];
    }
  }

  private static Shape leading(Shape shape) {
    return Shape.of(Arrays.copyOf(shape.toArray(), shape.rank() - 2));
  }
}
