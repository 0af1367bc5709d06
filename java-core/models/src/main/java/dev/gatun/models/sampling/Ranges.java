package dev.gatun.models.sampling;

import dev.gatun.tensor.GatunException;
import dev.gatun.tensor.GatunException.Kind;

/** Errors about options that make no sense. */
final class Ranges {
  private Ranges() {}

  /** Refuses a value that is not finite or not in its range. */
  static void check(String name, float value, boolean inRange, String range) {
    if (!inRange || !Float.isFinite(value)) {
      throw new GatunException(
          Kind.USAGE, "sampling: %s is %s; it must be %s".formatted(name, value, range));
    }
  }

  /** Refuses a number that is not in its range. */
  static void check(String name, int value, boolean inRange, String range) {
    if (!inRange) {
      throw new GatunException(
          Kind.USAGE, "sampling: %s is %d; it must be %s".formatted(name, value, range));
    }
  }
}
