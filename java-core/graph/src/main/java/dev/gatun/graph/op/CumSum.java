package dev.gatun.graph.op;

import dev.gatun.graph.GraphException;
import dev.gatun.graph.ValueType;
import dev.gatun.tensor.Shape;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Running sums along an axis. Inputs: x; axis, one I32 or I64.
 *
 * @param exclusive whether an element is left out of its own sum
 * @param reverse whether sums run from the end
 */
public record CumSum(boolean exclusive, boolean reverse) implements OnnxOp, SizedByNumbers {
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
  public Set<Integer> deciding() {
    return Set.of(1);
  }

  /**
   * The axis, from 0.
   *
   * @throws GraphException when x has no such axis
   */
  public int axis(Sizing sizing) {
    return Lines.axis(this, (long) sizing.number(1).scalar(), sizing.shape(0).rank());
  }

  @Override
  public List<Shape> shapes(Sizing sizing) {
    return List.of(sizing.shape(0));
  }

  @Override
  public List<Array> reference(ReferenceCall call) {
    Array x = call.input(0);
    int axis = axis(Sizing.of(call));
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
