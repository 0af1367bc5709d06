package dev.gatun.runtime.spi;

import java.util.OptionalDouble;

/**
 * What a device tells of itself at one moment, for whoever measures. It is of the whole device,
 * whoever uses it; what the device cannot tell is empty.
 *
 * @param joules used since some moment before: only differences mean something
 * @param withoutJoules why they are not known, a clause to follow <i>because</i>; empty when they
 *     are
 * @param megahertz clock of what computes
 * @param celsius temperature
 * @param wattsAtMost what it may draw
 */
public record DeviceCounters(
    OptionalDouble joules,
    String withoutJoules,
    OptionalDouble megahertz,
    OptionalDouble celsius,
    OptionalDouble wattsAtMost) {
  public DeviceCounters {
    if (joules.isPresent() != withoutJoules.isEmpty()) {
      throw new IllegalArgumentException("either joules or a reason");
    }
  }

  /** Of a device that tells nothing. */
  public static DeviceCounters none(String reason) {
    return new DeviceCounters(
        OptionalDouble.empty(),
        reason,
        OptionalDouble.empty(),
        OptionalDouble.empty(),
        OptionalDouble.empty());
  }
}
