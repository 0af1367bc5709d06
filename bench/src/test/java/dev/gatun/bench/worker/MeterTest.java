package dev.gatun.bench.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.gatun.runtime.spi.DeviceCounters;
import java.util.Iterator;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class MeterTest {
  private static DeviceCounters counters(double joules, double megahertz) {
    return new DeviceCounters(
        OptionalDouble.of(joules),
        "",
        OptionalDouble.of(megahertz),
        OptionalDouble.empty(),
        OptionalDouble.of(700));
  }

  private static Reply.Measured between(DeviceCounters before, DeviceCounters after) {
    Iterator<DeviceCounters> readings = List.of(before, after).iterator();
    Supplier<DeviceCounters> counters = readings::next;
    return Meter.around(counters, () -> List.of(0.5));
  }

  @Test
  void energyIsTheDifferenceAndTheRestIsOfTheEnd() {
    Reply.Measured measured = between(counters(1000.25, 345), counters(1012.75, 1980));
    assertEquals(12.5, measured.joules().value(), 1e-9);
    assertEquals(1980, measured.megahertz().value());
    assertEquals("the device shows no temperature", measured.celsius().unavailable());
    assertEquals(700, measured.wattsAtMost().value());
  }

  @Test
  void withoutACounterTheReasonIsTheDevices() {
    DeviceCounters none = DeviceCounters.none("it is asleep");
    assertEquals("not measurable because it is asleep", between(none, none).joules().unavailable());
    assertEquals(
        "not measurable because it is asleep",
        between(counters(1, 1), none).joules().unavailable());
  }

  @Test
  void aCounterThatBeganAnewTellsNothing() {
    assertFalse(between(counters(50, 1), counters(3, 1)).joules().isKnown());
  }
}
