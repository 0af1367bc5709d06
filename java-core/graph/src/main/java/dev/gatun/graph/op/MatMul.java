package dev.gatun.graph.op;

import dev.gatun.graph.Dim;
import dev.gatun.graph.ValueType;
import dev.gatun.tensor.DType;
import java.util.ArrayList;
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
    ValueType b = Infer.required(this, inputs, 1);
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
}
