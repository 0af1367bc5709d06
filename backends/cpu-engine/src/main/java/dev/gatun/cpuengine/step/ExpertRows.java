package dev.gatun.cpuengine.step;

import dev.gatun.cpuengine.kernel.MatMulKernel;
import dev.gatun.engine.memory.Operand;
import java.util.List;

/** Where the rows of an expert lie: dense, from {@code first pair * pitch} on. */
final class ExpertRows {
  private ExpertRows() {}

  /** Prepares the row of one pair. */
  static void prepare(
      Frame frame, Routing routing, int pair, Operand x, List<PreparedRows> forms, int k) {
    int expert = routing.expertOfPair(frame, pair);
    int start = routing.start(frame, expert);
    int m = routing.start(frame, expert + 1) - start;
    for (int i = 0; i < forms.size(); i++) {
      PreparedRows rows = forms.get(i);
      MatMulKernel kernel = rows.kernel();
      if (kernel.preparedBytes(m, k) > 0) {
        Operand form = rows.memory();
        kernel.prepare(
            x.segment(frame),
            x.at(frame) + start * Routing.pitch(4L * k),
            m,
            k,
            form.segment(frame),
            form.at(frame) + start * rows.pitch(),
            pair - start,
            pair - start + 1);
      }
    }
  }
}
