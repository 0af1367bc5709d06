package dev.gatun.bench.worker;

import dev.gatun.bench.report.Quantity;
import dev.gatun.tensor.GatunException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** The most memory that this process had at once. */
public final class PeakMemory {
  private static final Path STATUS = Path.of("/proc/self/status");
  private static final Path RESET = Path.of("/proc/self/clear_refs");
  private static final String LINE = "VmHWM:";
  private static final String UNIT = " kB";

  private PeakMemory() {}

  /**
   * Begins anew, so that {@link #resident} tells of what follows (Linux: 5 to {@code
   * /proc/self/clear_refs}, proc_pid_clear_refs(5)).
   *
   * @return whether this system can
   */
  public static boolean reset() {
    if (!Files.isWritable(RESET)) {
      return false;
    }
    try {
      Files.writeString(RESET, "5");
      return true;
    } catch (IOException e) {
      // Some containers forbid it.
      return false;
    }
  }

  /** Resident bytes at their highest (Linux: {@code VmHWM} of proc_pid_status(5)). */
  public static Quantity resident() {
    if (!Files.isReadable(STATUS)) {
      return Quantity.unavailable("not measurable because this system has no " + STATUS);
    }
    try (Stream<String> lines = Files.lines(STATUS)) {
      return lines
          .filter(line -> line.startsWith(LINE))
          .map(line -> line.substring(LINE.length(), line.length() - UNIT.length()).trim())
          .map(kibibytes -> Quantity.of(Long.parseLong(kibibytes) * 1024.0))
          .findFirst()
          .orElseGet(
              () -> Quantity.unavailable("not measurable because " + STATUS + " tells none"));
    } catch (IOException | NumberFormatException e) {
      return Quantity.unavailable(
          "not measurable because " + STATUS + " is unreadable: " + GatunException.reason(e));
    }
  }
}
