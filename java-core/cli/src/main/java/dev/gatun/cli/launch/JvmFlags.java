package dev.gatun.cli.launch;

import dev.gatun.runtime.Settings;
import dev.gatun.runtime.detect.HardwareDetector;
import dev.gatun.runtime.files.AtomicFile;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/**
 * The JVM's flags, from the file {@code jvm.flags} beside this class, and the file of compiler
 * directives that they go with, which the JVM reads from a disk.
 */
final class JvmFlags implements AutoCloseable {
  private final List<String> arguments;
  private final Path directives;
  private final boolean temporary;

  private JvmFlags(List<String> arguments, Path directives, boolean temporary) {
    this.arguments = List.copyOf(arguments);
    this.directives = directives;
    this.temporary = temporary;
  }

  /**
   * Writes the directives to Gatun's folder, or to a temporary file when that is not for writing.
   */
  static JvmFlags prepare() throws IOException {
    byte[] content = resource("vector-compiler.json");
    Path kept = folder().resolve("vector-compiler-%08x.json".formatted(Arrays.hashCode(content)));
    boolean temporary = false;
    try {
      if (!Files.isRegularFile(kept) || !Arrays.equals(Files.readAllBytes(kept), content)) {
        AtomicFile.write(kept, content);
      }
    } catch (IOException e) {
      kept = Files.write(Files.createTempFile("gatun-", ".json"), content);
      temporary = true;
    }
    List<String> arguments = new ArrayList<>();
    new String(resource("jvm.flags"), StandardCharsets.UTF_8)
        .lines()
        .filter(line -> !line.isBlank() && !line.startsWith("#"))
        .forEach(arguments::add);
    arguments.add("--enable-native-access=ALL-UNNAMED");
    arguments.add("-XX:CompilerDirectivesFile=" + kept);
    // Some Xeons are held to 256-bit vectors unless told otherwise; elsewhere there is no such
    // flag.
    Set<String> features = HardwareDetector.detect().cpu().features();
    if (features.contains("avx512f") && features.contains("avx512bw")) {
      arguments.add("-XX:UseAVX=3");
    }
    return new JvmFlags(arguments, kept, temporary);
  }

  private static Path folder() {
    return Settings.ofProcess().home().resolve("cache").resolve("jvm");
  }

  /**
   * Adds the archive of a program's classes, where the directives could be kept, too.
   *
   * @param jar the program
   * @param train whether this run loads the classes that matter
   */
  JvmFlags withArchive(Path jar, boolean train) throws IOException {
    if (temporary) {
      return this;
    }
    List<String> all = new ArrayList<>(arguments);
    all.addAll(ClassArchive.of(folder(), jar.toAbsolutePath()).flags(train));
    return new JvmFlags(all, directives, false);
  }

  private static byte[] resource(String name) throws IOException {
    try (InputStream in = JvmFlags.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new FileNotFoundException("this build has no " + name);
      }
      return in.readAllBytes();
    }
  }

  List<String> arguments() {
    return arguments;
  }

  /** Whether {@link #close} must come after the JVM with these flags has ended. */
  boolean temporary() {
    return temporary;
  }

  @Override
  public void close() throws IOException {
    if (temporary) {
      Files.deleteIfExists(directives);
    }
  }
}
