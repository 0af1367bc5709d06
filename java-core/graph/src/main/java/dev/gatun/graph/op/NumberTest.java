package dev.gatun.graph.op;

import dev.gatun.graph.ValueType;
import dev.gatun.tensor.DType;
import java.util.List;
import java.util.Map;

/**
 * IsNaN or IsInf of floating-point elements; the output is BOOL.
 *
 * @param infinite IsInf; else IsNaN, and the others do not matter
 * @param negative whether negative infinity counts
 * @param positive whether positive infinity counts
 */
public record NumberTest(boolean infinite, boolean negative, boolean positive) implements OnnxOp {
  @Override
  public String type() {
    return infinite ? "IsInf" : "IsNaN";
  }

  @Override
  public Map<String, Object> attributes() {
    return infinite
        ? Map.of("detect_negative", negative ? 1L : 0L, "detect_positive", positive ? 1L : 0L)
        : Map.of();
  }

  @Override
  public List<ValueType> infer(List<ValueType> inputs) {
    return List.of(new ValueType(DType.BOOL, Infer.floating(this, inputs, 0).dims()));
  }

  @Override
  public List<Array> reference(ReferenceCall call) {
    Array x = call.input(0);
    double[] y = x.values().clone();
    for (int i = 0; i < y.length; i++) {
      boolean found =
          infinite
              ? (negative && y[i] == Double.NEGATIVE_INFINITY)
                  || (positive && y[i] == Double.POSITIVE_INFINITY)
              : Double.isNaN(y[i]);
      y[i] = found ? 1 : 0;
    }
    return List.of(new Array(DType.BOOL, x.shape(), y));
  }
}
