package dev.gatun.cpuengine.step;

import dev.gatun.engine.memory.Operand;
import dev.gatun.engine.size.Extent;
import dev.gatun.graph.op.Reduce;
import dev.gatun.tensor.DType;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * A reduction over axes, in double precision; a unit is an element of the output.
 *
 * @param dims of the input
 * @param reduced per input axis, whether it goes
 */
public record ReduceStep(
    StepInfo info,
    Reduce.Function function,
    DType dtype,
    Operand x,
    List<Extent> dims,
    List<Boolean> reduced,
    Operand y,
    Extent rows)
    implements RowStep {
  @Override
  public void run(Frame frame, int from, int to, int worker) {
    long count = 1;
    for (int d = 0; d < dims.size(); d++) {
      count *= reduced.get(d) ? dims.get(d).of(frame) : 1;
    }
    MemorySegment source = x.segment(frame);
    for (int i = from; i < to; i++) {
      long start = index(frame, i, false);
      double result = initial();
      for (long j = 0; j < count; j++) {
        long at = start + index(frame, j, true);
        result = combine(result, Elements.get(dtype, source, x.at(frame), at));
      }
      double value = function == Reduce.Function.MEAN ? result / count : result;
      Elements.set(dtype, y.segment(frame), y.at(frame), i, value);
    }
  }

  private double initial() {
    return switch (function) {
      case SUM, MEAN -> 0;
      case PROD -> 1;
      case MAX -> Double.NEGATIVE_INFINITY;
      case MIN -> Double.POSITIVE_INFINITY;
    };
  }

  private double combine(double result, double value) {
    return switch (function) {
      case SUM, MEAN -> result + value;
      case PROD -> result * value;
      case MAX -> Math.max(result, value);
      case MIN -> Math.min(result, value);
    };
  }

  /** Offset in the input of the i-th combination of the reduced, or of the kept, axes. */
  private long index(Frame frame, long i, boolean wanted) {
    long left = i;
    long stride = 1;
    long index = 0;
    for (int d = dims.size() - 1; d >= 0; d--) {
      int size = dims.get(d).of(frame);
      if (reduced.get(d) == wanted) {
        index += left % size * stride;
        left /= size;
      }
      stride *= size;
    }
    return index;
  }
}
