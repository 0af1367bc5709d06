package dev.gatun.graph.op;

import dev.gatun.graph.Dim;
import dev.gatun.graph.GraphException;
import dev.gatun.graph.ValueType;
import dev.gatun.tensor.Shape;
import java.util.List;
import java.util.Map;

/**
 * Cuts or pads axes on both sides to an extent; zeros are added. Inputs: x; extents I64 [axes].
 *
 * @param axes from 0
 * @param dims the output's
 */
public record CenterCropPad(List<Integer> axes, List<Dim> dims) implements OnnxOp {
  public CenterCropPad {
    axes = List.copyOf(axes);
    dims = List.copyOf(dims);
  }

  @Override
  public String type() {
    return "CenterCropPad";
  }

  @Override
  public Map<String, Object> attributes() {
    return Map.of("axes", axes.stream().map(Integer::longValue).toList());
  }

  @Override
  public List<ValueType> infer(List<ValueType> inputs) {
    ValueType x = Infer.plain(this, inputs, 0);
    Infer.integer(this, inputs, 1);
    Infer.check(this, x.rank() == dims.size(), "%s does not become %s", x, dims);
    return List.of(new ValueType(x.dtype(), dims));
  }

  @Override
  public List<Array> reference(ReferenceCall call) {
    Array x = call.input(0);
    long[] wanted = Parameters.longs(call.input(1));
    if (wanted.length != axes.size()) {
      throw new GraphException("%d extents for axes %s".formatted(wanted.length, axes));
    }
    long[] dims = x.shape().toArray();
    long[] shift = new long[dims.length];
    for (int i = 0; i < wanted.length; i++) {
      int axis = axes.get(i);
      long more = wanted[i] - dims[axis];
      shift[axis] = more >= 0 ? -(more / 2) : -more / 2;
      dims[axis] = wanted[i];
    }
    Shape shape = Parameters.shape(this, dims);
    long[] own = Broadcast.strides(x.shape());
    double[] y = new double[(int) shape.elements()];
    long[] index = new long[dims.length];
    for (int i = 0; i < y.length; i++) {
      long at = 0;
      boolean within = true;
      for (int d = 0; d < dims.length; d++) {
        long from = index[d] + shift[d];
        within &= from >= 0 && from < x.shape().dim(d);
        at += from * own[d];
      }
      y[i] = within ? x.values()[(int) at] : 0;
      Broadcast.next(index, shape);
    }
    return List.of(new Array(x.dtype(), shape, y));
  }
}
