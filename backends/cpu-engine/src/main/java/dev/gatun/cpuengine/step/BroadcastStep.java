package dev.gatun.cpuengine.step;

import dev.gatun.cpuengine.scalar.Functions;
import dev.gatun.engine.memory.Operand;
import dev.gatun.engine.size.Extent;
import dev.gatun.graph.op.Binary;
import dev.gatun.tensor.DType;
import java.lang.foreign.MemorySegment;

/**
 * An elementwise function of two values of any plain dtype and any broadcast, element by element.
 *
 * @param rows number of elements
 */
public record BroadcastStep(
    StepInfo info,
    Binary.Function function,
    DType dtype,
    Operand a,
    Repeats aRepeats,
    Operand b,
    Repeats bRepeats,
    Operand y,
    Extent rows)
    implements RowStep {
  @Override
  public void run(Frame frame, int from, int to, int worker) {
    MemorySegment first = a.segment(frame);
    MemorySegment second = b.segment(frame);
    for (int i = from; i < to; i++) {
      double left = Elements.get(dtype, first, a.at(frame), aRepeats.source(frame, i));
      double right = Elements.get(dtype, second, b.at(frame), bRepeats.source(frame, i));
      double value = Functions.binary(function, left, right);
      Elements.set(dtype, y.segment(frame), y.at(frame), i, value);
    }
  }
}
