package dev.gatun.cpuengine.step;

import dev.gatun.cpuengine.kernel.ElementwiseKernels;
import dev.gatun.engine.memory.Operand;
import dev.gatun.engine.size.Extent;
import dev.gatun.graph.op.Binary;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * An elementwise function of two F32 values, of which {@code a} has the output's shape and {@code
 * b} may repeat.
 *
 * @param reversed whether the function's first argument is b
 */
public record BinaryStep(
    StepInfo info,
    ElementwiseKernels kernels,
    Binary.Function function,
    Operand a,
    Operand b,
    Repeat repeat,
    boolean reversed,
    Operand y,
    Extent rows,
    int columns)
    implements BlockStep {
  /** How b covers the output. */
  public enum Repeat {
    /** It has the output's shape. */
    NONE,
    /** It is one row. */
    ROW,
    /** It has one element per row. */
    COLUMN,
    /** It is one element. */
    SCALAR
  }

  @Override
  public void block(Frame frame, int fromRow, int toRow, int fromColumn, int toColumn) {
    boolean flat =
        toColumn - fromColumn == columns && (repeat == Repeat.NONE || repeat == Repeat.SCALAR);
    int calls = flat ? 1 : toRow - fromRow;
    int count = flat ? (toRow - fromRow) * columns : toColumn - fromColumn;
    for (int i = 0; i < calls; i++) {
      part(frame, fromRow + i, fromColumn, count);
    }
  }

  private void part(Frame frame, int row, int column, int count) {
    long shift = 4L * ((long) row * columns + column);
    MemorySegment other = b.segment(frame);
    long start = b.at(frame);
    switch (repeat) {
      case NONE -> pair(frame, other, start + shift, shift, count);
      case ROW -> pair(frame, other, start + 4L * column, shift, count);
      case COLUMN, SCALAR -> {
        long at = repeat == Repeat.SCALAR ? start : start + 4L * row;
        kernels.binaryScalar(
            function,
            a.segment(frame),
            a.at(frame) + shift,
            other.get(ValueLayout.JAVA_FLOAT_UNALIGNED, at),
            reversed,
            y.segment(frame),
            y.at(frame) + shift,
            count);
      }
    }
  }

  private void pair(Frame frame, MemorySegment other, long otherAt, long shift, int count) {
    MemorySegment mine = a.segment(frame);
    long mineAt = a.at(frame) + shift;
    kernels.binary(
        function,
        reversed ? other : mine,
        reversed ? otherAt : mineAt,
        reversed ? mine : other,
        reversed ? mineAt : otherAt,
        y.segment(frame),
        y.at(frame) + shift,
        count);
  }
}
