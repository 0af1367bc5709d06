package dev.gatun.graph.op;

import dev.gatun.graph.Dim;
import dev.gatun.graph.GraphException;
import dev.gatun.graph.ValueType;
import dev.gatun.tensor.DType;
import dev.gatun.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Index of the largest or smallest element along an axis (ArgMax, ArgMin), as I64.
 *
 * @param max ArgMax; else ArgMin
 * @param axis from 0
 * @param keepDims whether the axis stays with extent 1
 * @param last whether the last of equal ones is picked, else the first
 */
public record ArgReduce(boolean max, int axis, boolean keepDims, boolean last) implements OnnxOp {
  @Override
  public String type() {
    return max ? "ArgMax" : "ArgMin";
  }

  @Override
  public Map<String, Object> attributes() {
    return Map.of(
        "axis", (long) axis, "keepdims", keepDims ? 1L : 0L, "select_last_index", last ? 1L : 0L);
  }

  @Override
  public List<ValueType> infer(List<ValueType> inputs) {
    ValueType x = Infer.plain(this, inputs, 0);
    Infer.check(this, axis >= 0 && axis < x.rank(), "axis %s outside %s", axis, x);
    List<Dim> dims = new ArrayList<>(x.dims());
    if (keepDims) {
      dims.set(axis, Dim.of(1));
    } else {
      dims.remove(axis);
    }
    return List.of(new ValueType(DType.I64, dims));
  }

  @Override
  public List<Array> reference(ReferenceCall call) {
    Array x = call.input(0);
    Lines lines = Lines.of(x.shape(), axis);
    if (lines.count() == 0) {
      throw new GraphException("no element along axis " + axis + " of " + x.shape());
    }
    double[] y = new double[lines.outer() * lines.inner()];
    for (int o = 0; o < lines.outer(); o++) {
      for (int i = 0; i < lines.inner(); i++) {
        int best = 0;
        for (int j = 1; j < lines.count(); j++) {
          int order =
              Double.compare(x.values()[lines.at(o, j, i)], x.values()[lines.at(o, best, i)]);
          if ((max ? order > 0 : order < 0) || (last && order == 0)) {
            best = j;
          }
        }
        y[o * lines.inner() + i] = best;
      }
    }
    List<Long> dims = new ArrayList<>();
    for (int d = 0; d < x.shape().rank(); d++) {
      if (d != axis || keepDims) {
        dims.add(d == axis ? 1 : x.shape().dim(d));
      }
    }
    return List.of(
        new Array(DType.I64, Shape.of(dims.stream().mapToLong(Long::longValue).toArray()), y));
  }
}
