package dev.gatun.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gatun.formats.gguf.GgufFile;
import dev.gatun.formats.gguf.GgufWriter;
import dev.gatun.tensor.Shape;
import dev.gatun.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An adapter that is applied while a model runs, and one that was merged before. */
class LoraCommandTest {
  private static final String WEIGHT = "blk.0.attn_q.weight";

  @TempDir Path home;
  private Path adapter;

  @BeforeEach
  void writeAdapter() throws IOException {
    adapter = home.resolve("adapter.gguf");
    try (GgufFile base = GgufFile.open(Path.of(model()))) {
      Shape shape = base.info(WEIGHT).orElseThrow().shape();
      new GgufWriter()
          .string("general.architecture", "llama")
          .string("adapter.type", "lora")
          .float32("adapter.lora.alpha", 2)
          .tensor(WEIGHT + ".lora_a", noise(2, shape.dim(1)))
          .tensor(WEIGHT + ".lora_b", noise(shape.dim(0), 2))
          .write(adapter);
    }
  }

  private static String model() {
    return Invocation.archs().resolve("llama-f16.gguf").toString();
  }

  private static Tensor noise(long rows, long columns) {
    var random = new Random(11);
    float[] values = new float[(int) (rows * columns)];
    for (int i = 0; i < values.length; i++) {
      values[i] = 4 * random.nextFloat() - 2;
    }
    return Tensor.ofFloats(Shape.of(rows, columns), values);
  }

  private JsonNode tokens(String model, String... more) throws IOException {
    String[] words = {"run", model, "the quick", "--raw", "-n", "8", "--temp", "0", "--json"};
    String[] all = new String[words.length + more.length];
    System.arraycopy(words, 0, all, 0, words.length);
    System.arraycopy(more, 0, all, words.length, more.length);
    Invocation run = Invocation.of(home, all);
    assertEquals(0, run.exitCode(), run.err());
    return run.json().get("tokens");
  }

  @Test
  void whatRunsWithAnAdapterAnswersAsTheMergedModel() throws IOException {
    String merged = home.resolve("merged.gguf").toString();
    Invocation merge =
        Invocation.of(home, "quantize", model(), merged, "F32", "--lora", adapter.toString());
    assertEquals(0, merge.exitCode(), merge.err());
    JsonNode applied = tokens(model(), "--lora", adapter.toString());
    assertEquals(tokens(merged), applied);
    assertNotEquals(tokens(model()), applied);
    assertEquals(tokens(model()), tokens(model(), "--lora", adapter + "=0"));
  }

  @Test
  void aStrengthIsANumber() {
    Invocation run = Invocation.of(home, "run", model(), "x", "--lora", adapter + "=strong");
    assertEquals(2, run.exitCode());
    assertTrue(run.err().contains("=strong"), run.err());
  }
}
