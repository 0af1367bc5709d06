package dev.gatun.bench.method;

import dev.gatun.bench.report.Quantity;
import dev.gatun.tensor.GatunException;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Energy that the processor's packages used, where Linux shows it (RAPL through powercap: Linux
 * kernel documentation, power/powercap). Other devices count their own.
 */
final class Energy {
  private static final Path ROOT = Path.of("/sys/class/powercap");

  private final List<Path> packages = new ArrayList<>();
  private final String reason;

  private Energy(List<Path> packages, String reason) {
    this.packages.addAll(packages);
    this.reason = reason;
  }

  /** Finds the counters of this machine. */
  static Energy find() {
    String system = System.getProperty("os.name");
    if (system.startsWith("Mac")) {
      return new Energy(
          List.of(),
          "not measurable because macOS tells its power to root only (`sudo powermetrics`)");
    }
    return system.startsWith("Windows")
        ? new Energy(List.of(), "not measurable because Windows shows no energy counters")
        : find(ROOT);
  }

  static Energy find(Path root) {
    List<Path> found = new ArrayList<>();
    if (!Files.isDirectory(root)) {
      return new Energy(List.of(), "not measurable because this machine shows no RAPL counters");
    }
    try (DirectoryStream<Path> zones = Files.newDirectoryStream(root, "intel-rapl:[0-9]*")) {
      for (Path zone : zones) {
        boolean whole =
            !zone.getFileName().toString().substring("intel-rapl:".length()).contains(":");
        Path counter = zone.resolve("energy_uj");
        if (whole && Files.exists(counter)) {
          if (!Files.isReadable(counter)) {
            return new Energy(
                List.of(), "not measurable because %s may be read by root only".formatted(counter));
          }
          found.add(zone);
        }
      }
    } catch (IOException e) {
      return new Energy(List.of(), "not measurable because " + GatunException.reason(e));
    }
    return new Energy(
        found, found.isEmpty() ? "not measurable because this machine shows no RAPL counters" : "");
  }

  /** A reading of every counter, microjoules. */
  long[] read() {
    return packages.stream().mapToLong(zone -> number(zone.resolve("energy_uj"))).toArray();
  }

  /** Joules from one reading to a later one. Counters begin anew at their maximum. */
  Quantity joules(long[] from, long... to) {
    if (packages.isEmpty()) {
      return Quantity.unavailable(reason);
    }
    double sum = 0;
    for (int i = 0; i < from.length; i++) {
      long used = to[i] - from[i];
      if (used < 0) {
        used += number(packages.get(i).resolve("max_energy_range_uj"));
      }
      sum += used / 1e6;
    }
    return Quantity.of(sum);
  }

  private static long number(Path file) {
    try {
      return Long.parseLong(Files.readString(file).trim());
    } catch (IOException | NumberFormatException e) {
      throw new IllegalStateException(file + " cannot be read", e);
    }
  }
}
