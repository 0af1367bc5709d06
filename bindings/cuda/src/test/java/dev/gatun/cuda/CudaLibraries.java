package dev.gatun.cuda;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.gatun.ffi.LibrarySearch;
import dev.gatun.ffi.Platform;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** NVIDIA's libraries of this machine: named by a property, or installed by Gatun. */
final class CudaLibraries {
  private CudaLibraries() {}

  /** The search for a library; the test is skipped, saying so, where nothing is there. */
  static LibrarySearch search(String name, String property, String start) throws IOException {
    var search =
        new LibrarySearch(name)
            .explicit(property, Optional.ofNullable(System.getProperty(property)));
    for (Path file : installed(start)) {
      search.candidate("installed", file);
    }
    assumeTrue(
        search.present().isPresent(),
        "skipped: %s is not here; `gatun runtimes install cuda` (cublas for cuBLASLt), or -D%s=FILE"
            .formatted(name, property));
    return search;
  }

  private static List<Path> installed(String start) throws IOException {
    String home =
        Optional.ofNullable(System.getenv("GATUN_HOME"))
            .orElse(System.getProperty("user.home") + "/.gatun");
    List<Path> found = new ArrayList<>();
    for (String runtime : List.of("cuda", "cublas")) {
      Path folder = Path.of(home, "runtimes", runtime);
      if (Files.isDirectory(folder)) {
        try (Stream<Path> files = Files.walk(folder, 3)) {
          files
              .filter(file -> file.getParent().endsWith(Platform.current()))
              .filter(file -> file.getFileName().toString().startsWith(start))
              .sorted()
              .forEach(found::add);
        }
      }
    }
    return found;
  }
}
