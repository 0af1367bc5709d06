package dev.gatun.onnxruntimebackend;

import dev.gatun.onnxruntime.NodeAssignment;
import dev.gatun.runtime.files.AtomicFile;
import dev.gatun.runtime.spi.ProbeContext;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * Models as the library has optimized them, one file each, so that the next process maps them
 * instead of reading, converting and optimizing again. A file that cannot be written, or is
 * damaged, costs only that. The last few that were used stay.
 */
record ModelCache(Path folder) {
  /** Setting: {@code false} keeps no optimized models; {@code true} by default. */
  static final String SETTING = "gatun.onnxruntime.cache";

  /** A smaller model is optimized sooner than a file is checked. */
  static final long LEAST_BYTES = 4L << 20;

  /** The library's own format ends at 2 GB, and decoded blocks are larger than what they were. */
  static final long MOST_BYTES = 1L << 30;

  private static final int KEPT = 8;
  private static final String SUFFIX = ".model";
  private static final System.Logger LOG = System.getLogger(ModelCache.class.getName());

  static Optional<ModelCache> of(ProbeContext context) {
    return Boolean.parseBoolean(context.property(SETTING).orElse("true"))
        ? Optional.of(new ModelCache(context.home().resolve("cache").resolve("onnxruntime")))
        : Optional.empty();
  }

  /** The model of a key, mapped into the arena; empty when there is none that can be used. */
  Optional<OptimizedModel> find(String key, Arena arena) {
    Path file = file(key);
    try {
      Optional<OptimizedModel> found = OptimizedModel.read(file, arena);
      if (found.isPresent()) {
        Files.setLastModifiedTime(file, FileTime.from(Instant.now()));
      }
      return found;
    } catch (IOException e) {
      LOG.log(Level.DEBUG, "an optimized model cannot be used", e);
      return Optional.empty();
    }
  }

  private Path file(String key) {
    return folder.resolve(key + SUFFIX);
  }

  /** A name that nobody uses, for the library to write to; empty when there can be no file. */
  Optional<Path> part() {
    try {
      Files.createDirectories(folder);
      return Optional.of(folder.resolve("." + UUID.randomUUID() + ".tmp"));
    } catch (IOException e) {
      LOG.log(Level.DEBUG, "no folder for optimized models", e);
      return Optional.empty();
    }
  }

  /** Takes over what the library has written. */
  void put(String key, Path part, List<NodeAssignment> assignments) {
    try {
      OptimizedModel.seal(part, assignments);
      AtomicFile.move(part, file(key));
      evict();
    } catch (IOException e) {
      LOG.log(Level.DEBUG, "an optimized model cannot be kept", e);
      drop(part);
    }
  }

  /** Removes what the library may have begun to write. */
  static void drop(Path part) {
    try {
      Files.deleteIfExists(part);
    } catch (IOException e) {
      LOG.log(Level.DEBUG, "a file cannot be removed", e);
    }
  }

  private void evict() throws IOException {
    List<Path> all;
    try (Stream<Path> files = Files.list(folder)) {
      all = files.toList();
    }
    all.stream()
        .filter(file -> file.toString().endsWith(SUFFIX))
        .sorted(Comparator.comparing(ModelCache::used).reversed())
        .skip(KEPT)
        .forEach(ModelCache::drop);
    // What a process that was killed has left.
    FileTime yesterday = FileTime.from(Instant.now().minus(Duration.ofDays(1)));
    all.stream()
        .filter(file -> AtomicFile.isTemporary(file) && used(file).compareTo(yesterday) < 0)
        .forEach(ModelCache::drop);
  }

  private static FileTime used(Path file) {
    try {
      return Files.getLastModifiedTime(file);
    } catch (IOException e) {
      return FileTime.fromMillis(0);
    }
  }
}
