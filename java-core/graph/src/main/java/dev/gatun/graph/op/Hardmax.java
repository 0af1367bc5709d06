package dev.gatun.graph.op;

import dev.gatun.graph.ValueType;
import java.util.List;
import java.util.Map;

/**
 * One at the first largest element along an axis, zero elsewhere.
 *
 * @param axis from 0
 */
public record Hardmax(int axis) implements OnnxOp {
  @Override
  public String type() {
    return "Hardmax";
  }

  @Override
  public Map<String, Object> attributes() {
    return Map.of("axis", (long) axis);
  }

  @Override
  public List<ValueType> infer(List<ValueType> inputs) {
    ValueType x = Infer.floating(this, inputs, 0);
    Infer.check(this, axis >= 0 && axis < x.rank(), "axis %s outside %s", axis, x);
    return List.of(x);
  }

  @Override
  public List<Array> reference(ReferenceCall call) {
    Array x = call.input(0);
    Lines lines = Lines.of(x.shape(), axis);
    double[] y = new double[x.values().length];
    for (int o = 0; o < lines.outer(); o++) {
      for (int i = 0; i < lines.inner(); i++) {
        int best = lines.at(o, 0, i);
        for (int j = 1; j < lines.count(); j++) {
          int at = lines.at(o, j, i);
          best = x.values()[at] > x.values()[best] ? at : best;
        }
        if (lines.count() > 0) {
          y[best] = 1;
        }
      }
    }
    return List.of(new Array(x.dtype(), x.shape(), y));
  }
}
