package dev.gatun.graph.op;

import dev.gatun.graph.Dim;
import dev.gatun.graph.GraphException;
import dev.gatun.graph.ValueType;
import dev.gatun.tensor.Shape;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Cuts or pads axes on both sides to an extent; zeros are added. Inputs: x; extents I64 [axes].
 *
 * @param axes from 0
 * @param dims the output's
 */
public record CenterCropPad(List<Integer> axes, List<Dim> dims) implements OnnxOp, SizedByNumbers {
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
  public Set<Integer> deciding() {
    return Set.of(1);
  }

  private long[] wanted(Sizing sizing) {
    long[] wanted = Parameters.longs(sizing.number(1));
    if (wanted.length != axes.size()) {
      throw new GraphException("%d extents for axes %s".formatted(wanted.length, axes));
    }
    return wanted;
  }

  /**
   * Elements that are added before each axis; negative where some are taken away.
   *
   * @throws GraphException when the numbers do not fit
   */
  public long[] before(Sizing sizing) {
    long[] wanted = wanted(sizing);
    long[] before = new long[sizing.shape(0).rank()];
    for (int i = 0; i < wanted.length; i++) {
      before[axes.get(i)] = (wanted[i] - sizing.shape(0).dim(axes.get(i))) / 2;
    }
    return before;
  }

  @Override
  public List<Shape> shapes(Sizing sizing) {
    long[] wanted = wanted(sizing);
    long[] dims = sizing.shape(0).toArray();
    for (int i = 0; i < wanted.length; i++) {
      dims[axes.get(i)] = wanted[i];
    }
    return List.of(Parameters.shape(this, dims));
  }

  @Override
  public List<Array> reference(ReferenceCall call) {
    Array x = call.input(0);
    long[] before = before(Sizing.of(call));
    Shape shape = shapes(Sizing.of(call)).getFirst();
    long[] own = Broadcast.strides(x.shape());
    double[] y = new double[(int) shape.elements()];
    long[] index = new long[before.length];
    for (int i = 0; i < y.length; i++) {
      long at = 0;
      boolean within = true;
      for (int d = 0; d < before.length; d++) {
        long from = index[d] - before[d];
        within &= from >= 0 && from < x.shape().dim(d);
        at += from * own[d];
      }
      y[i] = within ? x.values()[(int) at] : 0;
      Broadcast.next(index, shape);
    }
    return List.of(new Array(x.dtype(), shape, y));
  }
}
