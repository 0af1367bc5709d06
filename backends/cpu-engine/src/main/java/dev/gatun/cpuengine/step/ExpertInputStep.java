package dev.gatun.cpuengine.step;

import dev.gatun.engine.memory.Operand;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * Copies each pair's token to the rows of its expert and prepares it; a unit is a pair.
 *
 * @param prepared one per way of preparing
 */
public record ExpertInputStep(
    StepInfo info, Routing routing, Operand x, Operand grouped, List<PreparedRows> prepared, int k)
    implements Step {
  @Override
  public int units(Frame frame) {
    return routing.pairs(frame);
  }

  @Override
  public void run(Frame frame, int from, int to, int worker) {
    for (int pair = from; pair < to; pair++) {
      int start = routing.start(frame, routing.expertOfPair(frame, pair));
      long row = 4L * k;
      long target = grouped.at(frame) + start * Routing.pitch(row) + (pair - start) * row;
      long source = x.at(frame) + routing.token(frame, pair) * row;
      MemorySegment.copy(x.segment(frame), source, grouped.segment(frame), target, row);
      ExpertRows.prepare(frame, routing, pair, grouped, prepared, k);
    }
  }
}
