package dev.gatun.runtime;

import dev.gatun.runtime.detect.Hardware;

/** How much memory engines may take when nobody says. */
final class MemoryBudget {
  /** The rest is for the system, the heap and the mapped model file. */
  private static final double SHARE = 0.75;

  private MemoryBudget() {}

  static long of(Hardware hardware) {
    long total = hardware.memory().total().orElse(Long.MAX_VALUE);
    long usable = Math.min(total, hardware.limits().memory().orElse(Long.MAX_VALUE));
    return usable == Long.MAX_VALUE ? usable : Math.max(1, (long) (usable * SHARE));
  }
}
