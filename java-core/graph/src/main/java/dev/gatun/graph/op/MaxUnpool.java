package dev.gatun.graph.op;

import dev.gatun.graph.Dim;
import dev.gatun.graph.GraphException;
import dev.gatun.graph.ValueType;
import dev.gatun.tensor.Shape;
import java.util.List;
import java.util.Map;

/**
 * Puts each element where a MaxPool found it, zeros elsewhere. Inputs: x [n, c, ..]; its indices
 * into the smallest shape that could have been pooled; the output's shape I64, optional.
 *
 * @param kernel extents of the window
 * @param pads all before, then all after
 * @param dims the output's
 */
public record MaxUnpool(List<Long> kernel, List<Long> strides, List<Long> pads, List<Dim> dims)
    implements OnnxOp {
  public MaxUnpool {
    kernel = List.copyOf(kernel);
    strides = List.copyOf(strides);
    pads = List.copyOf(pads);
    dims = List.copyOf(dims);
  }

  @Override
  public String type() {
    return "MaxUnpool";
  }

  @Override
  public Map<String, Object> attributes() {
    return Map.of("kernel_shape", kernel, "strides", strides, "pads", pads);
  }

  @Override
  public List<ValueType> infer(List<ValueType> inputs) {
    ValueType x = Infer.floating(this, inputs, 0);
    ValueType indices = Infer.integer(this, inputs, 1);
    int axes = x.rank() - 2;
    Infer.check(
        this,
        indices.dims().equals(x.dims())
            && kernel.size() == axes
            && strides.size() == axes
            && pads.size() == 2 * axes,
        "%s by %s, window %s",
        x,
        indices,
        kernel);
    return List.of(new ValueType(x.dtype(), dims));
  }

  /** The smallest extents that could have been pooled. */
  public static long[] smallest(long[] x, List<Long> kernel, List<Long> strides, List<Long> pads) {
    long[] extents = x.clone();
    int axes = x.length - 2;
    for (int d = 0; d < axes; d++) {
      extents[d + 2] =
          (x[d + 2] - 1) * strides.get(d) + kernel.get(d) - pads.get(d) - pads.get(d + axes);
    }
    return extents;
  }

  @Override
  public List<Array> reference(ReferenceCall call) {
    Array x = call.input(0);
    Shape pooled = Parameters.shape(this, smallest(x.shape().toArray(), kernel, strides, pads));
    Shape shape =
        call.input(2) == null ? pooled : Parameters.shape(this, Parameters.longs(call.input(2)));
    long[] own = Broadcast.strides(pooled);
    long[] target = Broadcast.strides(shape);
    double[] y = new double[(int) shape.elements()];
    for (int i = 0; i < x.values().length; i++) {
      long rest = GatherElements.index(this, call.input(1).values()[i], pooled.elements());
      long at = 0;
      for (int d = 0; d < own.length; d++) {
        long index = rest / own[d];
        rest %= own[d];
        if (index >= shape.dim(d)) {
          throw new GraphException("an index lies outside " + shape);
        }
        at += index * target[d];
      }
      y[(int) at] = x.values()[i];
    }
    return List.of(new Array(x.dtype(), shape, y));
  }
}
