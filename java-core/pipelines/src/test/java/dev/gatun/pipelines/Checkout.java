package dev.gatun.pipelines;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
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

  /**
   * A file of the data shared by developers; the test is skipped, saying so, where it is absent.
   */
  static Path shared(String file) {
    Path folder =
        Optional.ofNullable(System.getenv("GATUN_SHARED"))
            .map(Path::of)
            .orElse(root().resolveSibling("shared"));
    Path path = folder.resolve("data").resolve(file);
    Assumptions.assumeTrue(Files.exists(path), "skipped: there is no " + path);
    return path;
  }
}
