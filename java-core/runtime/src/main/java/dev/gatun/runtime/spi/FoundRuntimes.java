package dev.gatun.runtime.spi;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Copies of one runtime on this machine, best first: those that Gatun installed, then the user's
 * own. Nothing was loaded.
 *
 * @param copies those that may be tried
 * @param problems what was found and must not be used, and why: damaged, too old
 */
public record FoundRuntimes(List<Copy> copies, List<String> problems) {
  /** Nothing was found. */
  public static final FoundRuntimes NONE = new FoundRuntimes(List.of(), List.of());

  public FoundRuntimes {
    copies = List.copyOf(copies);
    problems = List.copyOf(problems);
  }

  /**
   * One copy.
   *
   * @param label whose it is, for people: {@code installed 1.29.0}, {@code ORT_HOME}
   * @param installed whether Gatun installed it, so that its files are known to be whole
   * @param library the file to load; its siblings lie beside it
   * @param version as far as it is known without loading
   */
  public record Copy(String label, boolean installed, Path library, Optional<String> version) {
    /** The folder of the library and its siblings. */
    public Path folder() {
      return library.toAbsolutePath().getParent();
    }
  }
}
