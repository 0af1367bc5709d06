package dev.gatun.quantize.imatrix;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.formats.ModelFiles;
import dev.gatun.graph.ModelSource;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CoverageTest {
  private static final Path MODELS = Path.of("../models/src/test/resources/archs");

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"llama", "llama-moe", "qwen3moe"})
  void theMatrixOfAModelCoversIt(String name) throws IOException {
    try (ModelSource model = ModelFiles.open(MODELS.resolve(name + ".gguf"))) {
      Coverage coverage = Goldens.read(folder, name + ".gguf").coverage(model);
      assertTrue(coverage.complete(), coverage.describe());
      assertFalse(coverage.foreignModel());
    }
  }

  @Test
  void theMatrixOfAnotherModelIsRecognised() throws IOException {
    try (ModelSource model = ModelFiles.open(MODELS.resolve("qwen3moe.gguf"))) {
      Coverage coverage = Goldens.read(folder, "llama-moe.gguf").coverage(model);
      assertTrue(coverage.foreignModel());
      String text = coverage.describe();
      assertTrue(
          text.contains("'blk.0.attn_output.weight' has 64 values, the model needs 128"), text);
    }
  }

  @Test
  void whatIsNotCoveredIsNamed() throws IOException {
    try (ModelSource model = ModelFiles.open(MODELS.resolve("llama.gguf"))) {
      ImportanceMatrix some =
          Goldens.read(folder, "llama.gguf").only(name -> !name.startsWith("blk.1."));
      Coverage coverage = some.coverage(model);
      assertFalse(coverage.complete());
      assertFalse(coverage.foreignModel());
      assertEquals(7, coverage.missing().size());
      assertTrue(coverage.missing().contains("blk.1.ffn_down.weight"));
      assertEquals(List.of(), coverage.foreign());
    }
  }
}
