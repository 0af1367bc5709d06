package dev.gatun.cpuengine.step;

import dev.gatun.cpuengine.kernel.ElementwiseKernels;
import dev.gatun.engine.memory.Operand;
import dev.gatun.engine.size.Extent;
import dev.gatun.graph.op.Unary;

/** {@code activation(gate) * up}. */
public record GatedStep(
    StepInfo info,
    ElementwiseKernels kernels,
    Unary.Function activation,
    Operand gate,
    Operand up,
    Operand y,
    Extent rows,
    int columns)
    implements BlockStep {
  @Override
  public void block(Frame frame, int fromRow, int toRow, int fromColumn, int toColumn) {
    boolean whole = toColumn - fromColumn == columns;
    int calls = whole ? 1 : toRow - fromRow;
    int count = whole ? (toRow - fromRow) * columns : toColumn - fromColumn;
    for (int i = 0; i < calls; i++) {
      long shift = 4L * ((long) (fromRow + i) * columns + fromColumn);
      kernels.gated(
          activation,
          gate.segment(frame),
          gate.at(frame) + shift,
          up.segment(frame),
          up.at(frame) + shift,
          y.segment(frame),
          y.at(frame) + shift,
          count);
    }
  }
}
