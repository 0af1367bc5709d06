package dev.gatun.quantize.convert;

import dev.gatun.tensor.GatunException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * A folder that appears under its name only when it is complete: it is filled beside it under a
 * temporary name. Closing it before {@link #commit()} removes it.
 */
final class NewFolder implements AutoCloseable {
  private final Path target;
  private final Path temporary;
  private long bytes;

  private NewFolder(Path target, Path temporary) {
    this.target = target;
    this.temporary = temporary;
  }

  /**
   * Makes the temporary folder.
   *
   * @throws GatunException when there is something under the name already
   */
  static NewFolder of(Path target) throws IOException {
    if (Files.exists(target)) {
      throw new GatunException(
          GatunException.Kind.USAGE, target + " exists already; name a new folder, or remove it");
    }
    Path absolute = target.toAbsolutePath();
    if (!Files.isDirectory(absolute.getParent())) {
      throw new GatunException(
          GatunException.Kind.USAGE, "there is no folder " + absolute.getParent());
    }
    Path temporary =
        absolute.resolveSibling(
            "." + absolute.getFileName() + "." + UUID.randomUUID() + ".partial");
    return new NewFolder(absolute, Files.createDirectory(temporary));
  }

  /** Where to write. */
  Path path() {
    return temporary;
  }

  /** Gives the folder its name; the files in it. */
  List<Path> commit() throws IOException {
    List<Path> files;
    try (Stream<Path> all = Files.walk(temporary)) {
      files = all.filter(Files::isRegularFile).sorted().toList();
    }
    for (Path file : files) {
      bytes += Files.size(file);
    }
    Files.move(temporary, target);
    return files.stream().map(file -> target.resolve(temporary.relativize(file))).toList();
  }

  /** Bytes of all files, after {@link #commit()}. */
  long bytes() {
    return bytes;
  }

  @Override
  public void close() throws IOException {
    if (!Files.exists(temporary)) {
      return;
    }
    try (Stream<Path> all = Files.walk(temporary)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }
}
