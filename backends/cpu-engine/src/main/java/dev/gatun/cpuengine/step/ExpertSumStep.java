package dev.gatun.cpuengine.step;

import dev.gatun.cpuengine.kernel.ElementwiseKernels;
import dev.gatun.engine.memory.Operand;
import dev.gatun.engine.size.Extent;
import dev.gatun.graph.op.Binary;

/** Adds up each token's experts by weight, in the order of the choice. */
public record ExpertSumStep(
    StepInfo info,
    Routing routing,
    ElementwiseKernels elementwise,
    Operand x,
    Operand y,
    Extent rows,
    int columns)
    implements RowStep {
  @Override
  public void run(Frame frame, int from, int to, int worker) {
    for (int row = from; row < to; row++) {
      long target = y.at(frame) + 4L * row * columns;
      for (int slot = 0; slot < routing.used(); slot++) {
        int choice = row * routing.used() + slot;
        int pair = routing.pair(frame, choice);
        int start = routing.start(frame, routing.expertOfPair(frame, pair));
        long source =
            x.at(frame) + start * Routing.pitch(4L * columns) + (pair - start) * 4L * columns;
        float weight = routing.weight(frame, choice);
        if (slot == 0) {
          elementwise.binaryScalar(
              Binary.Function.MUL,
              x.segment(frame),
              source,
              weight,
              false,
              y.segment(frame),
              target,
              columns);
        } else {
          elementwise.addScaled(
              x.segment(frame), source, weight, y.segment(frame), target, columns);
        }
      }
    }
  }
}
