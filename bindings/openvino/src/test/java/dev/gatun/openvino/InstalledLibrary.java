package dev.gatun.openvino;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.gatun.ffi.LibrarySearch;
import dev.gatun.ffi.Platform;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** The library that tests use: the one of a setting, or the installed one. */
final class InstalledLibrary {
  private InstalledLibrary() {}

  /** Skips the test, with the reason, where there is none; one that is there must load. */
  static OpenVino load() {
    OpenVino.Lookup lookup = OpenVino.load(new LibrarySearch("OpenVINO").candidate("test", file()));
    return lookup.openVino().orElseThrow(() -> new AssertionError(lookup.failures().toString()));
  }

  static Path file() {
    String home =
        Optional.ofNullable(System.getenv("GATUN_HOME"))
            .orElse(System.getProperty("user.home") + "/.gatun");
    Path file =
        Optional.ofNullable(System.getProperty("gatun.openvino.library"))
            .map(Path::of)
            .orElseGet(() -> {
              Path folder =
                  Path.of(home, "runtimes", "openvino", OpenVino.VERSION, Platform.current());
              return folder.resolve(OpenVino.libraryName());
            });
    assumeTrue(
        Files.isRegularFile(file),
        () -> "OpenVINO is not installed (gatun runtimes install openvino): no " + file);
    return file;
  }
}
