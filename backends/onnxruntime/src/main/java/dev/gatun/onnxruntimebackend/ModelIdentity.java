package dev.gatun.onnxruntimebackend;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** A text that two files have in common only when they are the same. */
final class ModelIdentity {
  private ModelIdentity() {}

  /**
   * Of a file: where it is, its size and when it was changed.
   *
   * @param constantBytes of the graph; more than the file has means data in other files, whose
   *     changes would not be seen
   */
  static Optional<String> of(Path file, long constantBytes) throws IOException {
    Path real = file.toRealPath();
    long size = Files.size(real);
    return constantBytes > size
        ? Optional.empty()
        : Optional.of("%s %d %s".formatted(real, size, Files.getLastModifiedTime(real)));
  }
}
