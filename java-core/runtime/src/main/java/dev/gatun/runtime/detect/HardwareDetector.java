package dev.gatun.runtime.detect;

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

  /** Never throws: what cannot be found out is empty. */
  public static Hardware detect() {
    String os = os();
    String arch = arch();
    return switch (os) {
      case "linux" -> new LinuxHardware(Path.of("/")).detect(arch);
      default ->
          new Hardware(
              os,
              arch,
              new Hardware.Cpu(
                  Optional.empty(),
                  Optional.empty(),
                  OptionalInt.empty(),
                  OptionalInt.of(Runtime.getRuntime().availableProcessors()),
                  new TreeSet<>(),
                  List.of()),
              new Hardware.Memory(OptionalLong.empty(), OptionalLong.empty()),
              new Hardware.Limits(List.of(), OptionalDouble.empty(), OptionalLong.empty()),
              Runtime.getRuntime().availableProcessors());
    };
  }

  private static String os() {
    String name = System.getProperty("os.name", "unknown").toLowerCase(Locale.ROOT);
    if (name.startsWith("mac")) {
      return "macos";
    }
    return name.startsWith("windows") ? "windows" : name;
  }

  private static String arch() {
    return switch (System.getProperty("os.arch", "unknown")) {
      case "amd64", "x86_64" -> "x86_64";
      case String other -> other;
    };
  }
}
