package dev.gatun.runtime.spi;

import java.util.Optional;

/**
 * The outcome of one stage of a probe.
 *
 * @param reason one sentence: what was found, or what is missing
 * @param remedy what the user can do about it; empty when nothing is wrong or nothing helps
 * @param cause the error behind it, for {@code --debug}
 */
public record Finding(
    Stage stage, boolean good, String reason, String remedy, Optional<Throwable> cause) {
  /** Stages, in the order in which they are reached. */
  public enum Stage {
    /** A cheap look: is there anything to try? */
    PRESENT,
    /** Library loads, device opens, self-test passes. */
    ABLE,
    /** This model can run on the device. */
    FIT,
    /** A short trial on this model. */
    MEASURED
  }

  public static Finding good(Stage stage, String reason) {
    return new Finding(stage, true, reason, "", Optional.empty());
  }

  public static Finding bad(Stage stage, String reason, String remedy) {
    return new Finding(stage, false, reason, remedy, Optional.empty());
  }

  public static Finding bad(Stage stage, String reason, String remedy, Throwable cause) {
    return new Finding(stage, false, reason, remedy, Optional.of(cause));
  }
}
