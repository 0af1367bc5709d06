package dev.gatun.ffi;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.stream.Stream;

/** The platform of this JVM, as folders of native libraries are named. */
public final class Platform {
  private Platform() {}

  /**
   * {@code linux-x86_64}, {@code macos-aarch64}, {@code windows-x86_64}; {@code linux-aarch64-musl}
   * where this JVM runs on musl.
   */
  public static String current() {
    String machine = System.getProperty("os.arch");
    String libc = os().equals("linux") && onMusl() ? "-musl" : "";
    return os() + "-" + (machine.equals("amd64") ? "x86_64" : machine) + libc;
  }

  /** {@code linux}, {@code macos} or {@code windows}. */
  public static String os() {
    String system = System.getProperty("os.name").toLowerCase(Locale.ROOT);
    return system.startsWith("mac") ? "macos" : system.startsWith("win") ? "windows" : "linux";
  }

  /** Whether this process has musl's loader mapped; that it is installed would say nothing. */
  private static boolean onMusl() {
    try (Stream<String> maps = Files.lines(Path.of("/proc/self/maps"), ISO_8859_1)) {
      return maps.anyMatch(line -> line.contains("/ld-musl-"));
    } catch (IOException | UncheckedIOException e) {
      // Without /proc: far more systems are not on musl.
      return false;
    }
  }
}
