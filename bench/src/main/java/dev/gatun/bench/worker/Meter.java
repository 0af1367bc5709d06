package dev.gatun.bench.worker;

import dev.gatun.bench.report.Quantity;
import dev.gatun.runtime.spi.DeviceCounters;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.Supplier;

/** Reads a device's own counters around what is measured. */
final class Meter {
  private static final String REASON = "not measurable because %s";

  private Meter() {}

  /**
   * Runs queries between two readings.
   *
   * @param counters of the device
   * @param queries seconds of each
   */
  static Reply.Measured around(Supplier<DeviceCounters> counters, Supplier<List<Double>> queries) {
    DeviceCounters before = counters.get();
    List<Double> seconds = queries.get();
    DeviceCounters after = counters.get();
    return new Reply.Measured(
        seconds,
        joules(before, after),
        quantity(after.megahertz(), "clock"),
        quantity(after.celsius(), "temperature"),
        quantity(after.wattsAtMost(), "limit of power"));
  }

  private static Quantity joules(DeviceCounters before, DeviceCounters after) {
    if (before.joules().isEmpty() || after.joules().isEmpty()) {
      DeviceCounters failed = before.joules().isEmpty() ? before : after;
      return Quantity.unavailable(REASON.formatted(failed.withoutJoules()));
    }
    double used = after.joules().getAsDouble() - before.joules().getAsDouble();
    return used >= 0
        ? Quantity.of(used)
        : Quantity.unavailable(REASON.formatted("the device's counter began anew"));
  }

  private static Quantity quantity(OptionalDouble value, String what) {
    return value.isPresent()
        ? Quantity.of(value.getAsDouble())
        : Quantity.unavailable("the device shows no " + what);
  }
}
