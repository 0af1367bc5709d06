package dev.gatun.runtime.detect;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** The program that starts a JVM like this one. */
public final class JavaLauncher {
  private JavaLauncher() {}

  /** Its file; empty in an image that has none. */
  public static Optional<Path> find() {
    String name = File.separatorChar == '\\' ? "java.exe" : "java";
    Path launcher = Path.of(System.getProperty("java.home"), "bin", name);
    return Files.isExecutable(launcher) ? Optional.of(launcher) : Optional.empty();
  }
}
