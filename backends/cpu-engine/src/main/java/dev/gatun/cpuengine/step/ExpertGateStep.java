package dev.gatun.cpuengine.step;

import dev.gatun.cpuengine.kernel.ElementwiseKernels;
import dev.gatun.engine.memory.Operand;
import dev.gatun.graph.op.Unary;
import java.util.List;

/** Gates each pair's hidden row in place and prepares it for the last product; a unit is a pair. */
public record ExpertGateStep(
    StepInfo info,
    Routing routing,
    ElementwiseKernels elementwise,
    Unary.Function activation,
    Operand gate,
    Operand up,
    List<PreparedRows> prepared,
    int k)
    implements Step {
  @Override
  public int units(Frame frame) {
    return routing.pairs(frame);
  }

  @Override
  public void run(Frame frame, int from, int to, int worker) {
    for (int pair = from; pair < to; pair++) {
      int start = routing.start(frame, routing.expertOfPair(frame, pair));
      long shift = start * Routing.pitch(4L * k) + (pair - start) * 4L * k;
      elementwise.gated(
          activation,
          gate.segment(frame),
          gate.at(frame) + shift,
          up.segment(frame),
          up.at(frame) + shift,
          gate.segment(frame),
          gate.at(frame) + shift,
          k);
      ExpertRows.prepare(frame, routing, pair, gate, prepared, k);
    }
  }
}
