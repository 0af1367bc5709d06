package dev.gatun.quantize.imatrix;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** Files of {@code llama-imatrix}; {@code make_goldens.sh} beside them made them. */
final class Goldens {
  private Goldens() {}

  static byte[] bytes(String name) throws IOException {
    try (InputStream in = Goldens.class.getResourceAsStream(name)) {
      return in.readAllBytes();
    }
  }

  /** A copy in {@code folder}. */
  static Path file(Path folder, String name) throws IOException {
    return Files.write(folder.resolve(name), bytes(name));
  }

  static ImportanceMatrix read(Path folder, String name) throws IOException {
    return ImportanceMatrixFile.read(file(folder, name));
  }
}
