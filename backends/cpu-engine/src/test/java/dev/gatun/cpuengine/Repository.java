package dev.gatun.cpuengine;

import java.nio.file.Files;
import java.nio.file.Path;

/** Finds test data of other modules. */
final class Repository {
  private Repository() {}

  /** The small models of all architectures, with llama.cpp's outputs. */
  static Path archs() {
    return root().resolve("java-core/models/src/test/resources/archs");
  }

  /** Small ONNX models with what ONNX Runtime computes. */
  static Path onnx() {
    return root().resolve("java-core/formats/src/test/resources/dev/gatun/formats/onnx");
  }

  private static Path root() {
    Path folder = Path.of("").toAbsolutePath();
    while (!Files.isDirectory(folder.resolve("java-core"))) {
      folder = folder.getParent();
    }
    return folder;
  }
}
