package dev.gatun.runtime.detect;

import java.util.OptionalInt;

/** How many worker threads pay. */
final class Threads {
  private Threads() {}

  /**
   * @param usableCores physical cores that this process may run on; empty when unknown
   */
  static int recommended(OptionalInt usableCores, Hardware.Limits limits) {
    int cores = usableCores.orElseGet(() -> Runtime.getRuntime().availableProcessors());
    double quota = limits.cpuQuota().orElse(Integer.MAX_VALUE);
    return Math.max(1, (int) Math.min(cores, Math.floor(quota)));
  }
}
