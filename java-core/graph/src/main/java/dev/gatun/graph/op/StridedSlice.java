package dev.gatun.graph.op;

import dev.gatun.graph.Dim;
import dev.gatun.graph.GraphException;
import dev.gatun.graph.ValueType;
import dev.gatun.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Ranges of several axes with steps (ONNX Slice; {@link Slice} is one range of one axis). Inputs:
 * x; starts, ends I64 [n]; axes [n], absent for the first n; steps [n], absent for 1.
 *
 * @param dims the output's
 */
public record StridedSlice(List<Dim> dims) implements OnnxOp, SizedByNumbers {
  public StridedSlice {
    dims = List.copyOf(dims);
  }

  @Override
  public String type() {
    return "Slice";
  }

  @Override
  public Map<String, Object> attributes() {
    return Map.of();
  }

  @Override
  public List<ValueType> infer(List<ValueType> inputs) {
    ValueType x = Infer.plain(this, inputs, 0);
    Infer.integer(this, inputs, 1);
    Infer.integer(this, inputs, 2);
    Infer.check(this, x.rank() == dims.size(), "%s does not become %s", x, dims);
    return List.of(new ValueType(x.dtype(), dims));
  }

  /** First index, step and number of indices of one axis, as ONNX clamps them. */
  public record Range(long start, long step, long count) {
    /**
     * That of ONNX's numbers on an axis.
     *
     * @throws GraphException when the step is 0
     */
    public static Range of(long start, long end, long step, long extent) {
      if (step == 0) {
        throw new GraphException("Slice: a step is 0");
      }
      long low = step > 0 ? 0 : -1;
      long high = step > 0 ? extent : extent - 1;
      long first =
          Math.clamp(start < 0 ? start + extent : start, Math.max(0, low), Math.max(0, high));
      long last = Math.clamp(end < 0 ? end + extent : end, low, Math.max(low, high));
      long distance = step > 0 ? last - first : first - last;
      long by = Math.abs(Math.max(step, -Long.MAX_VALUE));
      return new Range(first, step, distance <= 0 || extent == 0 ? 0 : 1 + (distance - 1) / by);
    }
  }

  @Override
  public Set<Integer> deciding() {
    return Set.of(1, 2, 3, 4);
  }

  /**
   * What is taken of each axis.
   *
   * @throws GraphException when the numbers do not fit
   */
  public List<Range> ranges(Sizing sizing) {
    Shape x = sizing.shape(0);
    long[] starts = Parameters.longs(sizing.number(1));
    long[] ends = Parameters.longs(sizing.number(2));
    int[] axes = Parameters.axes(this, sizing.number(3), x.rank());
    long[] steps = sizing.number(4) == null ? null : Parameters.longs(sizing.number(4));
    if (ends.length != starts.length
        || axes.length < starts.length
        || (steps != null && steps.length != starts.length)) {
      throw new GraphException(
          "%d starts, %d ends, %d axes".formatted(starts.length, ends.length, axes.length));
    }
    List<Range> ranges = new ArrayList<>();
    for (long extent : x.toArray()) {
      ranges.add(new Range(0, 1, extent));
    }
    for (int i = 0; i < starts.length; i++) {
      long step = steps == null ? 1 : steps[i];
      ranges.set(axes[i], Range.of(starts[i], ends[i], step, x.dim(axes[i])));
    }
    return ranges;
  }

  @Override
  public List<Shape> shapes(Sizing sizing) {
    return List.of(Shape.of(ranges(sizing).stream().mapToLong(Range::count).toArray()));
  }

  @Override
  public List<Array> reference(ReferenceCall call) {
    Array x = call.input(0);
    List<Range> ranges = ranges(Sizing.of(call));
    Shape shape = shapes(Sizing.of(call)).getFirst();
    long[] strides = Broadcast.strides(x.shape());
    long origin = 0;
    for (int axis = 0; axis < strides.length; axis++) {
      origin += strides[axis] * ranges.get(axis).start();
      strides[axis] *= ranges.get(axis).step();
    }
    int[] at = Broadcast.offsets(shape, strides);
    double[] y = new double[at.length];
    for (int i = 0; i < y.length; i++) {
      y[i] = x.values()[(int) (origin + at[i])];
    }
    return List.of(new Array(x.dtype(), shape, y));
  }
}
