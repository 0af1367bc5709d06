package dev.gatun.gpuengine.memory;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Which constants of a mapped file a device is given as one piece of memory: those that lie side by
 * side. So a file is given once, not page by page as often as constants share one.
 */
final class MappedRuns {
  /** Kernels load so many bytes at once. */
  private static final int ALIGNMENT = 16;

  /**
   * What lies closer together is one run: at least the largest pages of a system, so that no two
   * runs have a page in common.
   */
  private static final long GAP = 64 << 10;

  private MappedRuns() {}

  /** Whether kernels can read it where it is, as far as the engine knows. */
  static boolean usable(MemorySegment constant) {
    return constant.isMapped() && constant.byteSize() > 0 && constant.address() % ALIGNMENT == 0;
  }

  /** Runs of usable constants, each in the order of addresses. */
  static List<List<MemorySegment>> of(List<MemorySegment> constants) {
    List<MemorySegment> sorted =
        constants.stream().sorted(Comparator.comparingLong(MemorySegment::address)).toList();
    List<List<MemorySegment>> runs = new ArrayList<>();
    long end = 0;
    for (MemorySegment constant : sorted) {
      boolean joins =
          !runs.isEmpty()
              && constant.address() - end < GAP
              && constant.scope().equals(runs.getLast().getFirst().scope());
      if (!joins) {
        runs.add(new ArrayList<>());
      }
      runs.getLast().add(constant);
      end = joins ? Math.max(end, end(constant)) : end(constant);
    }
    return runs;
  }

  /** The address behind a segment. */
  static long end(MemorySegment segment) {
    return segment.address() + segment.byteSize();
  }
}
