package dev.gatun.bench.method;

import dev.gatun.bench.report.BenchReport.ConditionsLine;
import dev.gatun.bench.report.BenchReport.DeviceConditions;
import dev.gatun.bench.report.Quantity;
import dev.gatun.bench.worker.Reply;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/** What the machine is like just now: what it was measured under. */
final class Conditions {
  private static final Path GOVERNOR =
      Path.of("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor");
  private static final Path FREQUENCY =
      Path.of("/sys/devices/system/cpu/cpu0/cpufreq/scaling_cur_freq");
  private static final Path CPU_INFO = Path.of("/proc/cpuinfo");
  private static final Path THERMAL = Path.of("/sys/class/thermal");

  private Conditions() {}

  /** Without devices, which tell of themselves when they have worked. */
  static ConditionsLine now(int fork, int round) {
    double load = ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
    return new ConditionsLine(
        fork,
        round,
        quantity(megahertz(), "this machine shows no clock"),
        quantity(celsius(), "this machine shows no temperature"),
        load < 0 ? Quantity.unavailable("this system has no load average") : Quantity.of(load),
        List.of());
  }

  /** With what devices told. */
  static ConditionsLine with(ConditionsLine line, Collection<DeviceConditions> devices) {
    return new ConditionsLine(
        line.fork(),
        line.round(),
        line.megahertz(),
        line.celsius(),
        line.load(),
        List.copyOf(devices));
  }

  /** What a device told; empty for one that tells nothing. */
  static Optional<DeviceConditions> of(String device, Reply.Measured measured) {
    boolean tells =
        measured.megahertz().isKnown()
            || measured.celsius().isKnown()
            || measured.wattsAtMost().isKnown();
    return tells
        ? Optional.of(
            new DeviceConditions(
                device, measured.megahertz(), measured.celsius(), measured.wattsAtMost()))
        : Optional.empty();
  }

  /** How clocks are governed, {@code performance} for example; empty when unknown. */
  static String governor() {
    return text(GOVERNOR);
  }

  private static Quantity quantity(OptionalDouble value, String reason) {
    return value.isPresent() ? Quantity.of(value.getAsDouble()) : Quantity.unavailable(reason);
  }

  private static OptionalDouble megahertz() {
    String kilohertz = text(FREQUENCY);
    if (!kilohertz.isEmpty()) {
      return number(kilohertz, 1e-3);
    }
    return text(CPU_INFO)
        .lines()
        .filter(line -> line.startsWith("cpu MHz"))
        .map(line -> line.substring(line.indexOf(':') + 1))
        .findFirst()
        .map(text -> number(text, 1))
        .orElse(OptionalDouble.empty());
  }

  /** The hottest of what is shown. */
  private static OptionalDouble celsius() {
    OptionalDouble hottest = OptionalDouble.empty();
    if (!Files.isDirectory(THERMAL)) {
      return hottest;
    }
    try (DirectoryStream<Path> zones = Files.newDirectoryStream(THERMAL, "thermal_zone*")) {
      for (Path zone : zones) {
        OptionalDouble own = number(text(zone.resolve("temp")), 1e-3);
        if (own.isPresent() && (hottest.isEmpty() || own.getAsDouble() > hottest.getAsDouble())) {
          hottest = own;
        }
      }
    } catch (IOException e) {
      return OptionalDouble.empty();
    }
    return hottest;
  }

  private static OptionalDouble number(String text, double scale) {
    try {
      return OptionalDouble.of(Double.parseDouble(text.trim()) * scale);
    } catch (NumberFormatException e) {
      return OptionalDouble.empty();
    }
  }

  private static String text(Path file) {
    try {
      return Files.isReadable(file) ? Files.readString(file).trim() : "";
    } catch (IOException e) {
      return "";
    }
  }
}
