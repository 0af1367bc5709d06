package dev.gatun.runtime.detect;

import java.util.List;
import java.util.Locale;

/** Platforms, named as folders of native libraries are: {@code linux-x86_64}. */
public final class HostPlatform {
  /** Those that vendors make packages for. */
  public static final List<String> ALL =
      List.of(
          "linux-x86_64", "linux-aarch64", "macos-aarch64", "windows-x86_64", "windows-aarch64");

  private HostPlatform() {}

  /** The platform of this JVM. */
  public static String current() {
    String system = System.getProperty("os.name").toLowerCase(Locale.ROOT);
    String machine = System.getProperty("os.arch");
    String os = system.startsWith("mac") ? "macos" : system.startsWith("win") ? "windows" : "linux";
    return os + "-" + (machine.equals("amd64") ? "x86_64" : machine);
  }

  /** {@code linux}, {@code macos} or {@code windows}. */
  public static String os(String platform) {
    return platform.substring(0, platform.indexOf('-'));
  }
}
