package dev.gatun.runtime.detect;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.TreeSet;

/** Finds out what this machine is. */
public final class HardwareDetector {
  private HardwareDetector() {}

  /** Never throws: what cannot be found out is empty. Takes milliseconds on Linux. */
  public static Hardware detect() {
    String os = os(System.getProperty("os.name", "unknown"));
    String arch = arch(System.getProperty("os.arch", "unknown"));
    return switch (os) {
      case "linux" -> new LinuxHardware(files()).detect(arch);
      case "macos" -> new MacHardware(Commands.real()).detect(arch, memory());
      case "windows" -> new WindowsHardware(Commands.real(), System::getenv).detect(arch, memory());
      default -> unknown(os, arch);
    };
  }

  /**
   * GPUs and NPUs of this machine, whether or not anything can use them. Never throws. Takes
   * milliseconds on Linux; on macOS and Windows tools are asked, which takes up to seconds.
   *
   * @param hardware as {@link #detect} found it
   */
  public static List<Accelerator> accelerators(Hardware hardware) {
    return switch (hardware.os()) {
      case "linux" -> new LinuxAccelerators(files()).detect(hardware.surroundings());
      case "macos" -> new MacAccelerators(Commands.real()).detect(hardware.arch());
      case "windows" -> new WindowsAccelerators(Commands.real()).detect();
      default -> List.of();
    };
  }

  private static SmallFiles files() {
    return SmallFiles.of(Path.of("/"));
  }

  private static Hardware unknown(String os, String arch) {
    int processors = Runtime.getRuntime().availableProcessors();
    return new Hardware(
        os,
        arch,
        new Hardware.Cpu(
            Optional.empty(),
            Optional.empty(),
            OptionalInt.empty(),
            OptionalInt.of(processors),
            new TreeSet<>(),
            List.of()),
        new Hardware.Memory(memory(), OptionalLong.empty()),
        new Hardware.Limits(List.of(), OptionalDouble.empty(), OptionalLong.empty()),
        processors,
        Hardware.Surroundings.UNKNOWN);
  }

  /** Main memory, as the JVM sees it. */
  private static OptionalLong memory() {
    return ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean system
            && system.getTotalMemorySize() > 0
        ? OptionalLong.of(system.getTotalMemorySize())
        : OptionalLong.empty();
  }

  static String os(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    if (lower.startsWith("mac")) {
      return "macos";
    }
    return lower.startsWith("windows") ? "windows" : lower;
  }

  static String arch(String name) {
    return switch (name) {
      case "amd64", "x86_64" -> "x86_64";
      case "arm64", "aarch64" -> "aarch64";
      default -> name;
    };
  }
}
