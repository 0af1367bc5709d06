package dev.gatun.formats.gguf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.formats.TestData;
import dev.gatun.graph.Utf8Strings;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;

/** Models as the Python package gguf reads them: all metadata, and digests of all tensors. */
class GgufGoldenTest {
  @Test
  void readsEveryMetadataAndTensorType() throws IOException {
    compare("all-types", TestData.resource("gguf/all-types.gguf"));
  }

  @Test
  void readsStringsWithoutObjects() throws IOException {
    try (GgufFile file = GgufFile.open(TestData.resource("gguf/qwen3-q8_0.gguf"))) {
      String key = "tokenizer.ggml.tokens";
      List<String> strings = file.metadata().strings(key).orElseThrow();
      Utf8Strings same = file.metadata().utf8Strings(key).orElseThrow();
      assertEquals(320, same.size());
      for (int i = 0; i < same.size(); i++) {
        assertEquals(strings.get(i), same.get(i));
      }
      assertTrue(file.metadata().utf8Strings("tokenizer.ggml.nothing").isEmpty());
      assertThrows(
          IllegalArgumentException.class,
          () -> file.metadata().utf8Strings("tokenizer.ggml.token_type"));
    }
  }

  @Test
  void readsQuantizedModel() throws IOException {
    compare("qwen3-q8_0", TestData.resource("gguf/qwen3-q8_0.gguf"));
  }

  @Test
  void readsArchitectureModels() throws IOException {
    Path folder = TestData.shared("archs");
    List<String> models = new ArrayList<>(dumps().keySet());
    models.remove("all-types");
    assertEquals(25, models.size());
    for (String model : models) {
      compare(model, folder.resolve(model + ".gguf"));
    }
  }

  private static void compare(String model, Path path) throws IOException {
    List<String> expected = dumps().get(model);
    assertTrue(expected.size() > 10, "golden of " + model);
    try (GgufFile file = GgufFile.open(path)) {
      List<String> actual = GgufDump.lines(file);
      for (int i = 0; i < Math.min(expected.size(), actual.size()); i++) {
        assertEquals(expected.get(i), actual.get(i), model);
      }
      assertEquals(expected.size(), actual.size(), model);
      assertEquals(3, file.version());
      assertEquals(32, file.alignment());
      assertEquals(Files.size(path), file.fileSize());
      assertEquals(model + ".gguf", file.name());
    }
  }

  private static Map<String, List<String>> dumps() throws IOException {
    Map<String, List<String>> dumps = new LinkedHashMap<>();
    Path path = TestData.resource("gguf/dumps.tsv.gz");
    try (InputStream in = new GZIPInputStream(Files.newInputStream(path))) {
      List<String> current = null;
      for (String line : new String(in.readAllBytes(), StandardCharsets.UTF_8).split("\n", -1)) {
        if (line.startsWith("model\t")) {
          current = new ArrayList<>();
          dumps.put(line.substring(6), current);
        } else if (!line.isEmpty()) {
          current.add(line);
        }
      }
    }
    return dumps;
  }
}
