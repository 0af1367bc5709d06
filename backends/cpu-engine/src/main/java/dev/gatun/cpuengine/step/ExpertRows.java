package dev.gatun.cpuengine.step;

import dev.gatun.cpuengine.kernel.MatMulKernel;
import java.util.List;

/** Where the rows of an expert lie: dense, from {@code first pair * pitch} on. */
final class ExpertRows {
  private ExpertRows() {}

  /** Prepares the row of one pair for some kernels. */
  static void prepare(
      Frame frame,
      Routing routing,
      int pair,
      Operand x,
      List<MatMulKernel> kernels,
      List<Operand> prepared,
      int k) {
    int expert = routing.expertOfPair(frame, pair);
    int start = routing.start(frame, expert);
    int m = routing.start(frame, expert + 1) - start;
    for (int i = 0; i < kernels.size(); i++) {
      MatMulKernel kernel = kernels.get(i);
      if (kernel.preparedBytes(m, k) > 0) {
        Operand form = prepared.get(i);
        kernel.prepare(
            x.segment(frame),
            x.at(frame) + start * Routing.pitch(4L * k),
            m,
            k,
            form.segment(frame),
            form.at(frame) + start * Routing.pitch(kernel.preparedBytes(1, k)),
            pair - start,
            pair - start + 1);
      }
    }
  }
}
