package dev.gatun.runtime.install;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;

/**
 * A runtime that Gatun installed.
 *
 * @param folder holds its files side by side, and {@code runtime.json}
 * @param sources packages it came from, for people
 */
public record InstalledRuntime(
    Path folder,
    String name,
    String version,
    String platform,
    String licence,
    List<String> sources,
    Instant installed,
    List<InstalledFile> files) {
  public InstalledRuntime {
    sources = List.copyOf(sources);
    files = List.copyOf(files);
  }

  /**
   * One file.
   *
   * @param size in bytes
   * @param sha256 what it must be
   * @param modified when it was written, in milliseconds since 1970
   */
  public record InstalledFile(String name, long size, String sha256, long modified) {}

  /** Bytes of all files. */
  public long size() {
    return files.stream().mapToLong(InstalledFile::size).sum();
  }
}
