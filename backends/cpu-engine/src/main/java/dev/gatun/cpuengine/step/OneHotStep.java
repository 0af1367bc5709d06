package dev.gatun.cpuengine.step;

import dev.gatun.engine.memory.Operand;
import dev.gatun.engine.size.Extent;
import dev.gatun.tensor.DType;
import java.lang.foreign.MemorySegment;

/**
 * The product of one-hot rows with a matrix: a row is the matrix's row of that number, or zero
 * where it has none.
 *
 * @param dtype of the numbers: I32 or I64
 * @param count rows of the matrix
 * @param columns of the matrix
 */
public record OneHotStep(
    StepInfo info,
    DType dtype,
    Operand numbers,
    Operand matrix,
    int count,
    int columns,
    Operand y,
    Extent rows)
    implements RowStep {
  @Override
  public void run(Frame frame, int from, int to, int worker) {
    long bytes = 4L * columns;
    MemorySegment target = y.segment(frame);
    for (int row = from; row < to; row++) {
      double number = Elements.get(dtype, numbers.segment(frame), numbers.at(frame), row);
      long at = y.at(frame) + bytes * row;
      if (number >= 0 && number < count) {
        long source = matrix.at(frame) + bytes * (int) number;
        MemorySegment.copy(matrix.segment(frame), source, target, at, bytes);
      } else {
        target.asSlice(at, bytes).fill((byte) 0);
      }
    }
  }
}
