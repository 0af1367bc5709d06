package dev.gatun.cpu;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** Looks for the library where it may be, in order, and remembers what failed. */
final class LibraryLookup {
  private final List<String> failures = new ArrayList<>();

  List<String> failures() {
    return List.copyOf(failures);
  }

  /**
   * Loads the library: the explicit one and no other when there is one; else the one packaged for
   * this platform, unpacked under {@code home}; else the system's.
   *
   * @return where it was
   */
  Optional<String> load(Optional<String> explicit, Path home) {
    if (explicit.isPresent()) {
      return attempt(CpuLibrary.PROPERTY + "=" + explicit.get(), () -> load(explicit.get()));
    }
    String resource = "native/" + platform() + "/" + System.mapLibraryName(CpuLibrary.NAME);
    return attempt("packaged " + resource, () -> packaged(resource, home))
        .or(() ->
            attempt(
                "system library path",
                () -> {
                  System.loadLibrary(CpuLibrary.NAME);
                  return "the system's";
                }));
  }

  @FunctionalInterface
  private interface Loading {
    String run() throws IOException;
  }

  private Optional<String> attempt(String what, Loading loading) {
    try {
      return Optional.of(loading.run());
    } catch (UnsatisfiedLinkError | IllegalCallerException | IOException e) {
      failures.add(what + ": " + e.getMessage());
      return Optional.empty();
    }
  }

  private static String load(String name) throws IOException {
    Path path = Path.of(name).toAbsolutePath();
    if (!Files.isRegularFile(path)) {
      throw new IOException("there is no such file");
    }
    if (platform().startsWith("linux")) {
      ElfFile.check(path);
    }
    System.load(path.toString());
    return name;
  }

  /** A library is loaded from a file: one per digest, so that versions live beside each other. */
  private static String packaged(String resource, Path home) throws IOException {
    byte[] bytes;
    try (InputStream in = LibraryLookup.class.getResourceAsStream("/" + resource)) {
      if (in == null) {
        throw new IOException("this build has none");
      }
      bytes = in.readAllBytes();
    }
    Path folder = home.resolve("native").resolve(digest(bytes));
    Path file = folder.resolve(resource.substring(resource.lastIndexOf('/') + 1));
    if (!Files.isRegularFile(file) || Files.size(file) != bytes.length) {
      Files.createDirectories(folder);
      Path part = Files.createTempFile(folder, "part", ".tmp");
      Files.write(part, bytes);
      Files.move(part, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    }
    return load(file.toString());
  }

  private static String digest(byte[] bytes) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(bytes);
      return HexFormat.of().formatHex(digest, 0, 16);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java has SHA-256", e);
    }
  }

  /**
   * As folders of native libraries are named: {@code linux-x86_64}, {@code linux-aarch64-musl}
   * where this JVM runs on musl.
   */
  static String platform() {
    String system = System.getProperty("os.name").toLowerCase(Locale.ROOT);
    String os = system.startsWith("mac") ? "macos" : system.startsWith("win") ? "windows" : "linux";
    String machine = System.getProperty("os.arch");
    String libc = os.equals("linux") && onMusl() ? "-musl" : "";
    return os + "-" + (machine.equals("amd64") ? "x86_64" : machine) + libc;
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
