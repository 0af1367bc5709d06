package dev.gatun.runtime.detect;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;

/**
 * Where detection looks: all that it knows of a machine comes from here, so that a machine can be
 * written down as a text.
 *
 * @param os {@code linux}, {@code macos}, {@code windows}, or Java's {@code os.name}
 * @param arch {@code x86_64}, {@code aarch64}, or Java's {@code os.arch}
 * @param files of Linux
 * @param commands of macOS and Windows
 * @param environment variables of the process
 * @param memory bytes of main memory, where Java knows them
 */
public record SystemFacts(
    String os,
    String arch,
    SmallFiles files,
    Commands commands,
    Function<String, Optional<String>> environment,
    OptionalLong memory) {
  /** This machine's. */
  public static SystemFacts here() {
    return new SystemFacts(
        os(System.getProperty("os.name", "unknown")),
        arch(System.getProperty("os.arch", "unknown")),
        SmallFiles.of(Path.of("/")),
        Commands.real(),
        name -> Optional.ofNullable(System.getenv(name)),
        jvm());
  }

  /** Main memory, as the JVM sees it. */
  private static OptionalLong jvm() {
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
