package dev.gatun.pipelines;

import dev.gatun.runtime.GatunRuntime;
import dev.gatun.runtime.store.LocatedModel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;

/** Where test data lie. */
public final class Checkout {
  private Checkout() {}

  /** The repository's root. */
  public static Path root() {
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

  /** The stored encoder's folder; the test is skipped, saying so, where it is not stored. */
  static Path miniLm() {
    try (GatunRuntime runtime = GatunRuntime.builder().offline(true).build()) {
      Optional<LocatedModel> located = runtime.puller().locate("minilm");
      Assumptions.assumeTrue(
          located.isPresent(), "skipped: minilm is not stored; scripts/gatun pull minilm gets it");
      return located.get().path().getParent();
    }
  }

  /**
   * The folder that {@code scripts/onnx-node-tests} fills; the test is skipped, saying so, without
   * it.
   */
  public static Path onnxNodeTests() {
    Path folder = root().resolve("target/onnx-node-tests");
    Assumptions.assumeTrue(
        Files.exists(folder.resolve("complete")),
        "skipped: scripts/onnx-node-tests has not been run, there is no " + folder);
    return folder;
  }
}
