package dev.gatun.quantize.lora;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.formats.gguf.GgufFile;
import dev.gatun.formats.gguf.GgufWriter;
import dev.gatun.models.lora.LoraAdapter;
import dev.gatun.tensor.BlockFormat;
import dev.gatun.tensor.DType;
import dev.gatun.tensor.GatunException;
import dev.gatun.tensor.Shape;
import dev.gatun.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Merged weights against those of llama-export-lora; {@code make_goldens.py} recorded them. */
class AdaptedSourceTest {
  private static final List<String> WEIGHTS =
      List.of("blk.0.attn_q.weight", "blk.1.ffn_down.weight");

  @TempDir private Path folder;

  private static void compare(float strength, String suffix) throws IOException {
    LoraAdapter adapter = Adapters.golden(strength);
    try (GgufFile base = GgufFile.open(Adapters.model("llama-f16"))) {
      AdaptedSource adapted = AdaptedSource.of(base, List.of(adapter), false);
      for (String weight : WEIGHTS) {
        float[] merged = adapted.tensor(weight).orElseThrow().toFloats();
        byte[] bytes = Files.readAllBytes(Adapters.resource(weight + "-" + suffix + ".f16"));
        float[] expected = new float[merged.length];
        BlockFormat.of(DType.F16).decode(bytes, 0, expected, 0, expected.length);
        float[] original = base.tensor(weight).orElseThrow().toFloats();
        double changed = 0;
        for (int i = 0; i < merged.length; i++) {
          // Half a unit in the last place of F16, and the order of a sum of four products.
          double bound = Math.max(Math.abs(expected[i]) * 0x1.01p-11, 0x1p-24);
          assertEquals(expected[i], merged[i], bound, weight + " " + i);
          changed = Math.max(changed, Math.abs(merged[i] - original[i]));
        }
        assertTrue(changed > 0.01, weight);
      }
      String other = "blk.0.attn_k.weight";
      assertEquals(DType.F16, adapted.info(other).orElseThrow().dtype());
      assertEquals(
          -1,
          base.tensor(other)
              .orElseThrow()
              .data()
              .mismatch(adapted.tensor(other).orElseThrow().data()));
    }
  }

  @Test
  void weightsAreThoseOfLlamaExportLora() throws IOException {
    compare(1, "1");
    compare(0.5f, "0.5");
  }

  private String refusal(GgufWriter writer) throws IOException {
    Path file = folder.resolve("adapter.gguf");
    writer.write(file);
    return assertThrows(
            GatunException.class,
            () -> {
              LoraAdapter adapter = Adapters.read(file, 1);
              try (GgufFile base = GgufFile.open(Adapters.model("llama-f16"))) {
                AdaptedSource.of(base, List.of(adapter), false);
              }
            })
        .getMessage();
  }

  private static GgufWriter adapter(String architecture) {
    return new GgufWriter()
        .string("general.architecture", architecture)
        .string("adapter.type", "lora")
        .float32("adapter.lora.alpha", 1);
  }

  private static Tensor zeros(long rows, long columns) {
    return Tensor.ofFloats(Shape.of(rows, columns), new float[(int) (rows * columns)]);
  }

  @Test
  void whatDoesNotFitIsRefused() throws IOException {
    String weight = WEIGHTS.getFirst();
    assertTrue(refusal(new GgufWriter().string("a", "b")).contains("no LoRA adapter"));
    assertTrue(refusal(adapter("llama")).contains("adds nothing"));
    assertTrue(
        refusal(adapter("llama").tensor(weight + ".lora_b", zeros(64, 2))).contains("no pair"));
    assertTrue(
        refusal(adapter("llama").tensor(weight + ".lora_a", zeros(2, 64)))
            .contains("do not make a product"));
    GgufWriter other =
        adapter("qwen2")
            .tensor(weight + ".lora_a", zeros(2, 64))
            .tensor(weight + ".lora_b", zeros(64, 2));
    assertTrue(refusal(other).contains("architecture is llama, not qwen2"));
    GgufWriter wrong =
        adapter("llama")
            .tensor(weight + ".lora_a", zeros(2, 32))
            .tensor(weight + ".lora_b", zeros(64, 2));
    assertTrue(refusal(wrong).contains("made for another model"));
    GgufWriter absent =
        adapter("llama")
            .tensor("blk.99.attn_q.weight.lora_a", zeros(2, 64))
            .tensor("blk.99.attn_q.weight.lora_b", zeros(64, 2));
    assertTrue(refusal(absent).contains("blk.99.attn_q.weight"));
  }
}
