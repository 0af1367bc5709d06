package dev.gatun.pipelines;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;

/** Where test data lie. */
final class Checkout {
  private Checkout() {}

  /** The repository's root. */
  static Path root() {
    Path folder = Path.of("").toAbsolutePath();
    while (!Files.isDirectory(folder.resolve("scripts"))) {
      folder = folder.getParent();
      if (folder == null) {
        throw new IllegalStateException("no checkout around the working directory");
      }
    }
    return folder;
  }

  /** Tiny random models with llama.cpp's logits: resources of the module models. */
  static Path architectures() {
    return root().resolve("java-core/models/src/test/resources/archs");
  }

  /** The folder that {@code scripts/minilm} fills; the test is skipped, saying so, without it. */
  static Path miniLm() {
    Path folder = root().resolve("target/minilm");
    boolean there = Files.exists(folder.resolve("model.onnx"));
    Assumptions.assumeTrue(
        there, "skipped: scripts/minilm has not been run, there is no " + folder);
    return folder;
  }
}
