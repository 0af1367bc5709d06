package dev.gatun.cpuengine.step;

import dev.gatun.cpuengine.scalar.Functions;
import dev.gatun.graph.op.Binary;
import dev.gatun.tensor.DType;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * An elementwise function of two values of any plain dtype and any broadcast, element by element.
 *
 * @param aRepeats per dimension of the output, whether a has extent 1 there
 * @param bRepeats the same for b
 * @param rows number of elements
 */
public record BroadcastStep(
    StepInfo info,
    Binary.Function function,
    DType dtype,
    List<Extent> dims,
    Operand a,
    List<Boolean> aRepeats,
    Operand b,
    List<Boolean> bRepeats,
    Operand y,
    Extent rows)
    implements RowStep {
  @Override
  public void run(Frame frame, int from, int to, int worker) {
    MemorySegment first = a.segment(frame);
    MemorySegment second = b.segment(frame);
    for (int i = from; i < to; i++) {
      double left = Elements.get(dtype, first, a.at(frame), source(frame, i, aRepeats));
      double right = Elements.get(dtype, second, b.at(frame), source(frame, i, bRepeats));
      double value = Functions.binary(function, left, right);
      Elements.set(dtype, y.segment(frame), y.at(frame), i, value);
    }
  }

  private long source(Frame frame, int element, List<Boolean> repeats) {
    long left = element;
    long stride = 1;
    long index = 0;
    for (int d = dims.size() - 1; d >= 0; d--) {
      int size = dims.get(d).of(frame);
      if (!repeats.get(d)) {
        index += left % size * stride;
        stride *= size;
      }
      left /= size;
    }
    return index;
  }
}
