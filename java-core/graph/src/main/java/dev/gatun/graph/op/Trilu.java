package dev.gatun.graph.op;

import dev.gatun.graph.ValueType;
import java.util.List;
import java.util.Map;

/**
 * The part of matrices on one side of a diagonal, zeros elsewhere. Inputs: x [.., rows, columns];
 * k, one I64, absent for 0: columns that the diagonal lies right of the main one.
 *
 * @param upper whether the part is above the diagonal, else below; the diagonal belongs to it
 */
public record Trilu(boolean upper) implements OnnxOp {
  @Override
  public String type() {
    return "Trilu";
  }

  @Override
  public Map<String, Object> attributes() {
    return Map.of("upper", upper ? 1L : 0L);
  }

  @Override
  public List<ValueType> infer(List<ValueType> inputs) {
    ValueType x = Infer.plain(this, inputs, 0);
    Infer.rank(this, x, 2);
    return List.of(x);
  }

  @Override
  public List<Array> reference(ReferenceCall call) {
    Array x = call.input(0);
    long k = call.input(1) == null ? 0 : (long) call.input(1).scalar();
    long rows = x.shape().dim(-2);
    long columns = x.shape().dim(-1);
    double[] y = x.values().clone();
    for (int i = 0; i < y.length; i++) {
      long distance = i % columns - i / columns % rows - k;
      if (upper ? distance < 0 : distance > 0) {
        y[i] = 0;
      }
    }
    return List.of(new Array(x.dtype(), x.shape(), y));
  }
}
