package dev.gatun.models.tokenizer;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.gatun.formats.ModelFiles;
import dev.gatun.graph.Metadata;
import dev.gatun.graph.ModelSource;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.zip.GZIPInputStream;

/** The vocabularies and goldens of the tests; the README beside them says where they come from. */
final class Vocabularies {
  static final List<String> IN_RESOURCES =
      List.of(
          "baichuan",
          "bert-bge",
          "deepseek-coder",
          "falcon",
          "gemma-4-small",
          "gpt-2",
          "gpt-neox",
          "llama-spm",
          "phi-3",
          "refact",
          "smollm2",
          "whitespace",
          "xlm-roberta-small");

  static final List<String> SHARED =
      List.of(
          "aquila",
          "baichuan",
          "bert-bge",
          "deepseek-coder",
          "deepseek-llm",
          "falcon",
          "gpt-2",
          "gpt-neox",
          "llama-bpe",
          "llama-spm",
          "mpt",
          "phi-3",
          "qwen2",
          "refact");

  private static final ObjectMapper JSON = new ObjectMapper();

  private Vocabularies() {}

  static Tokenizer tokenizer(String name) {
    return Tokenizers.from(metadata(name));
  }

  static Metadata metadata(String name) {
    String resource = "vocabularies/" + name + ".gguf.gz";
    try {
      Path file = Files.createTempFile("vocabulary", ".gguf");
      try (InputStream in = new GZIPInputStream(open(resource))) {
        Files.copy(in, file, StandardCopyOption.REPLACE_EXISTING);
      }
      try {
        return metadata(file);
      } finally {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(resource, e);
    }
  }

  static Metadata metadata(Path file) {
    try (ModelSource model = ModelFiles.open(file)) {
      return model.metadata();
    }
  }

  static JsonNode golden(String name) {
    String resource = "goldens/" + name + ".json.gz";
    try (InputStream in = new GZIPInputStream(open(resource))) {
      return JSON.readTree(in);
    } catch (IOException e) {
      throw new UncheckedIOException(resource, e);
    }
  }

  static String[] texts(String resource) {
    return as(json(resource), String[].class);
  }

  static JsonNode json(String resource) {
    try (InputStream in = open(resource)) {
      return JSON.readTree(in);
    } catch (IOException e) {
      throw new UncheckedIOException(resource, e);
    }
  }

  static JsonNode json(Path file) {
    try {
      return JSON.readTree(file.toFile());
    } catch (IOException e) {
      throw new UncheckedIOException(file.toString(), e);
    }
  }

  static <T> T as(JsonNode node, Class<T> type) {
    try {
      return JSON.treeToValue(node, type);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A path in the data that developers share beside the repository; skips the test without it. */
  static Path shared(String name) {
    Path path = sharedRoot().resolve("data").resolve(name);
    boolean present = Files.exists(path);
    if (!present) {
      System.out.println("skipped: no " + path);
    }
    assumeTrue(present, "no " + path);
    return path;
  }

  private static Path sharedRoot() {
    String override = System.getenv("GATUN_SHARED");
    if (override != null) {
      return Path.of(override);
    }
    Path folder = Path.of("").toAbsolutePath();
    while (folder != null) {
      if (Files.isDirectory(folder.resolve("scripts"))
          && Files.isRegularFile(folder.resolve("pom.xml"))) {
        return folder.resolveSibling("shared");
      }
      folder = folder.getParent();
    }
    return Path.of("shared");
  }

  private static InputStream open(String resource) {
    InputStream in = Vocabularies.class.getResourceAsStream(resource);
    if (in == null) {
      throw new AssertionError("no test resource " + resource);
    }
    return in;
  }
}
