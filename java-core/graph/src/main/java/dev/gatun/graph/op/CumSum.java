package dev.gatun.graph.op;

import dev.gatun.graph.ValueType;
import java.util.List;
import java.util.Map;

/**
 * Running sums along an axis. Inputs: x; axis, one I32 or I64.
 *
 * @param exclusive whether an element is left out of its own sum
 * @param reverse whether sums run from the end
 */
public record CumSum(boolean exclusive, boolean reverse) implements OnnxOp {
  @Override
  public String type() {
    return "CumSum";
  }

  @Override
  public Map<String, Object> attributes() {
    return Map.of("exclusive", exclusive ? 1L : 0L, "reverse", reverse ? 1L : 0L);
  }

  @Override
  public List<ValueType> infer(List<ValueType> inputs) {
    Infer.integer(this, inputs, 1);
    return List.of(Infer.plain(this, inputs, 0));
  }

  @Override
  public List<Array> reference(ReferenceCall call) {
    Array x = call.input(0);
    int axis = Lines.axis(this, (long) call.input(1).scalar(), x.shape().rank());
    Lines lines = Lines.of(x.shape(), axis);
    double[] y = new double[x.values().length];
    for (int o = 0; o < lines.outer(); o++) {
      for (int i = 0; i < lines.inner(); i++) {
        double sum = 0;
        for (int j = 0; j < lines.count(); j++) {
          int at = lines.at(o, reverse ? lines.count() - 1 - j : j, i);
          double next = sum + x.values()[at];
          y[at] = exclusive ? sum : next;
          sum = next;
        }
      }
    }
    if (!x.dtype().isFloat()) {
      for (int i = 0; i < y.length; i++) {
        y[i] = Elements.round(x.dtype(), y[i]);
      }
    }
    return List.of(new Array(x.dtype(), x.shape(), y));
  }
}
