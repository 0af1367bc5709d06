package dev.gatun.graph.op;

import dev.gatun.graph.Dim;
import java.util.List;

/**
 * Windows that slide over the spatial axes of [N, C, ..]: what ONNX's Conv and pooling ops have in
 * common. Every list has one entry per spatial axis.
 *
 * @param kernel extents of a window
 * @param strides steps from window to window
 * @param dilations steps between elements of a window
 * @param padBegin elements added before; ignored unless {@code auto} is NOTSET
 * @param padEnd elements added after
 * @param auto how padding follows from the extents
 * @param ceil whether a last window that is not whole counts
 */
public record Windows(
    List<Long> kernel,
    List<Long> strides,
    List<Long> dilations,
    List<Long> padBegin,
    List<Long> padEnd,
    Auto auto,
    boolean ceil) {
  /** ONNX's auto_pad; VALID is NOTSET with no padding. */
  public enum Auto {
    NOTSET,
    SAME_UPPER,
    SAME_LOWER
  }

  public Windows {
    kernel = List.copyOf(kernel);
    strides = List.copyOf(strides);
    dilations = List.copyOf(dilations);
    padBegin = List.copyOf(padBegin);
    padEnd = List.copyOf(padEnd);
  }

  /** Spatial axes. */
  public int rank() {
    return kernel.size();
  }

  /** Extent of a window, gaps included. */
  public long span(int axis) {
    return (kernel.get(axis) - 1) * dilations.get(axis) + 1;
  }

  void check(Op op) {
    int rank = kernel.size();
    Infer.check(op, rank >= 1 && rank <= 3, "%s spatial axes, not 1 to 3", rank);
    for (List<Long> list : List.of(strides, dilations, padBegin, padEnd)) {
      Infer.check(op, list.size() == rank, "%s entries for %s spatial axes", list.size(), rank);
    }
    for (int i = 0; i < rank; i++) {
      boolean good =
          kernel.get(i) >= 1
              && strides.get(i) >= 1
              && dilations.get(i) >= 1
              && padBegin.get(i) >= 0
              && padEnd.get(i) >= 0;
      Infer.check(op, good, "kernel, strides or dilations below 1, or negative pads: %s", this);
    }
  }

  /**
   * Number of windows along an axis.
   *
   * @throws dev.gatun.graph.GraphException when no expression of the input's extent says it
   */
  Dim output(Op op, Dim input, int axis) {
    if (input instanceof Dim.Fixed(long size)) {
      long count = output(size, axis);
      Infer.check(op, count >= 0, "windows of %s do not fit %s elements", span(axis), size);
      return Dim.of(count);
    }
    long stride = strides.get(axis);
    if (auto != Auto.NOTSET) {
      return input.plus(stride - 1).dividedBy(stride);
    }
    long pads = padBegin.get(axis) + padEnd.get(axis);
    Infer.check(
        op,
        !ceil || padEnd.get(axis) + stride <= span(axis),
        "ceil_mode with this padding needs a fixed extent, not %s",
        input);
    long more = pads - span(axis) + stride + (ceil ? stride - 1 : 0);
    return input.plus(more).dividedBy(stride);
  }

  /** Number of windows along an axis; negative when none fits. */
  public long output(long input, int axis) {
    long stride = strides.get(axis);
    if (auto != Auto.NOTSET) {
      return (input + stride - 1) / stride;
    }
    long room = input + padBegin.get(axis) + padEnd.get(axis) - span(axis);
    if (room < 0) {
      return room == -1 && stride == 1 ? 0 : ceil && room > -stride ? 1 : -1;
    }
    long count = (ceil ? room + stride - 1 : room) / stride + 1;
    // A window that starts in the padding at the end does not count.
    return ceil && (count - 1) * stride >= input + padBegin.get(axis) ? count - 1 : count;
  }

  /** Elements added before an axis of this extent. */
  public long before(long input, int axis) {
    if (auto == Auto.NOTSET) {
      return padBegin.get(axis);
    }
    long total = same(input, axis);
    return auto == Auto.SAME_UPPER ? total / 2 : total - total / 2;
  }

  /** Elements added after an axis of this extent. */
  public long after(long input, int axis) {
    return auto == Auto.NOTSET ? padEnd.get(axis) : same(input, axis) - before(input, axis);
  }

  private long same(long input, int axis) {
    return Math.max(0, (output(input, axis) - 1) * strides.get(axis) + span(axis) - input);
  }
}
