package dev.gatun.quantize.lora;

import dev.gatun.formats.gguf.GgufFile;
import dev.gatun.models.lora.LoraAdapter;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The small adapter of the tests, and the models that it fits. */
final class Adapters {
  private Adapters() {}

  static Path resource(String name) {
    try {
      return Path.of(Adapters.class.getResource(name).toURI());
    } catch (URISyntaxException e) {
      throw new AssertionError(e);
    }
  }

  static LoraAdapter read(Path file, float strength) {
    try (GgufFile source = GgufFile.open(file)) {
      return LoraAdapter.of(source, strength);
    }
  }

  static LoraAdapter golden(float strength) {
    return read(resource("adapter.gguf"), strength);
  }

  /** A small model in another module, found from the checkout's root. */
  static Path model(String name) {
    Path root = Path.of("").toAbsolutePath();
    while (!Files.isDirectory(root.resolve("java-core/models"))) {
      root = root.getParent();
    }
    return root.resolve("java-core/models/src/test/resources/archs").resolve(name + ".gguf");
  }
}
