package dev.gatun.pipelines;

import dev.gatun.runtime.BackendStatus;
import dev.gatun.runtime.GatunRuntime;
import dev.gatun.runtime.Settings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
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

  /** A model that is stored on this machine; the test is skipped, saying so, where it is not. */
  public static String model(GatunRuntime runtime, String name) {
    Assumptions.assumeTrue(
        runtime.store().find(name).isPresent(),
        "skipped: %s is not stored; scripts/gatun pull %s gets it".formatted(name, name));
    return name;
  }

  /**
   * A runtime whose GPUs are the drivers without a GPU that {@code scripts/test} builds, unless
   * settings name real ones.
   */
  public static GatunRuntime.Builder withStandIns(GatunRuntime.Builder builder) {
    standIn(builder, Settings.CUDA_LIBRARY, "libcuda.so.1");
    standIn(builder, Settings.METAL_LIBRARY, "libgatun_metal_standin.so");
    return builder;
  }

  private static void standIn(GatunRuntime.Builder builder, String setting, String file) {
    Path library = root().resolve("target/gpu-standin").resolve(file);
    if (Files.exists(library) && Settings.ofProcess().get(setting).isEmpty()) {
      builder.property(setting, library.toString());
    }
  }

  /** Those of these backends that are able here; says which are skipped, and why. */
  public static Stream<String> present(GatunRuntime runtime, String... backends) {
    return Stream.of(backends)
        .filter(id -> {
          BackendStatus status = runtime.backend(id);
          if (!status.able()) {
            System.out.println("skipped: " + id + " is not available here: " + status.reason());
          }
          return status.able();
        });
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
