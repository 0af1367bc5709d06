package dev.gatun.metalbackend;

import dev.gatun.metal.Metal;
import dev.gatun.runtime.spi.BackendException;
import java.util.Optional;

/**
 * How work that repeats is kept: {@code indirect}, in indirect command buffers, or {@code encoded},
 * into each command buffer anew. Where Metal's drivers are known to do it well the first is the
 * standard.
 */
final class RecordingChoice {
  /** Setting. */
  static final String SETTING = "gatun.metal.recordings";

  private static final String INDIRECT = "indirect";
  private static final String ENCODED = "encoded";

  private RecordingChoice() {}

  /**
   * Whether it is indirect.
   *
   * @throws BackendException when the setting asks for what is not there
   */
  static boolean indirect(Metal gpu, Optional<String> setting) {
    String asked = setting.orElse(gpu.recordsReliably() ? INDIRECT : ENCODED);
    if (!asked.equals(INDIRECT) && !asked.equals(ENCODED)) {
      throw new BackendException(
          "%s is %s or %s, not %s".formatted(SETTING, INDIRECT, ENCODED, asked));
    }
    if (asked.equals(INDIRECT) && !gpu.recordsDispatches()) {
      throw new BackendException(
          "%s has no indirect command buffers for %s=%s: %s or nothing"
              .formatted(gpu.name(), SETTING, INDIRECT, ENCODED));
    }
    return asked.equals(INDIRECT);
  }

  /** For people. */
  static String describe(boolean indirect) {
    return indirect
        ? "indirect command buffers"
        : "encoded anew each time (indirect from the family Apple 9 on, or " + SETTING + ")";
  }
}
