package dev.gatun.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.gatun.formats.gguf.GgufFile;
import dev.gatun.formats.safetensors.SafetensorsFile;
import dev.gatun.formats.safetensors.SafetensorsWriter;
import dev.gatun.tensor.DType;
import dev.gatun.tensor.Shape;
import dev.gatun.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Conversions as a user types them, there and back. */
class ConvertCommandTest {
  @TempDir Path home;
  private Path folder;

  private Invocation gatun(Object... words) {
    String[] texts = new String[words.length];
    for (int i = 0; i < words.length; i++) {
      texts[i] = words[i].toString();
    }
    return Invocation.of(home, texts);
  }

  private static Path model() {
    return Invocation.archs().resolve("llama-f16.gguf");
  }

  @BeforeEach
  void makeFolder() {
    folder = home.resolve("folder");
    Invocation run = gatun("convert", model(), folder, "--type=f32");
    assertEquals(0, run.exitCode(), run.err());
    assertTrue(run.out().startsWith(folder + "  "), run.out());
  }

  private static void assertSameWeights(Path expected, Path actual) {
    try (GgufFile first = GgufFile.open(expected);
        GgufFile second = GgufFile.open(actual)) {
      assertEquals(first.tensorNames(), second.tensorNames());
      for (String name : first.tensorNames()) {
        Tensor tensor = second.tensor(name).orElseThrow();
        assertEquals(first.info(name).orElseThrow().dtype(), tensor.dtype(), name);
        assertEquals(-1, first.tensor(name).orElseThrow().data().mismatch(tensor.data()), name);
      }
    }
  }

  @Test
  void aFolderAndBackIsTheModel() throws IOException {
    Path back = home.resolve("back.gguf");
    Invocation run = gatun("convert", folder, back, "--type=f16", "--json");
    assertEquals(0, run.exitCode(), run.err());
    assertEquals("F16", run.json().get("type").asText());
    assertTrue(run.json().get("tokensCompared").asInt() > 300, run.out());
    assertEquals(Files.size(back), run.json().get("bytes").asLong());
    assertSameWeights(model(), back);
    Path again = home.resolve("again");
    assertEquals(0, gatun("convert", back, again, "--type=f32").exitCode());
    assertEquals(
        -1,
        Files.mismatch(folder.resolve("model.safetensors"), again.resolve("model.safetensors")));
  }

  @Test
  void quantizedOnTheWayIsQuantizedAfterwards() throws IOException {
    Path once = home.resolve("once.gguf");
    Path whole = home.resolve("whole.gguf");
    Path twice = home.resolve("twice.gguf");
    assertEquals(0, gatun("convert", folder, once, "--quantize", "Q4_0").exitCode());
    assertEquals(0, gatun("convert", folder, whole).exitCode());
    assertEquals(0, gatun("quantize", whole, twice, "Q4_0").exitCode());
    assertEquals(-1, Files.mismatch(twice, once));
  }

  @Test
  void expertsStayTogetherForMlxAndComeBack() {
    Path model = Invocation.archs().resolve("qwen2moe.gguf");
    Path mlx = home.resolve("experts");
    String[] options = {"--mlx-bits=8", "--mlx-group=32", "--type=f32"};
    Invocation run = gatun("convert", model, mlx, options[0], options[1], options[2]);
    assertEquals(0, run.exitCode(), run.err());
    Path back = home.resolve("experts.gguf");
    assertEquals(0, gatun("convert", mlx, back, "--type=f32").exitCode());
    try (SafetensorsFile folder = SafetensorsFile.open(mlx);
        GgufFile before = GgufFile.open(model);
        GgufFile after = GgufFile.open(back)) {
      Shape experts = before.info("blk.0.ffn_up_exps.weight").orElseThrow().shape();
      assertEquals(
          Shape.of(experts.dim(0), experts.dim(1), experts.dim(2) / 4),
          folder.info("model.layers.0.mlp.switch_mlp.up_proj.weight").orElseThrow().shape());
      assertEquals(
          Shape.of(experts.dim(0), experts.dim(1), experts.dim(2) / 32),
          folder.info("model.layers.0.mlp.switch_mlp.up_proj.scales").orElseThrow().shape());
      float[] expected = before.tensor("blk.0.ffn_up_exps.weight").orElseThrow().toFloats();
      float[] actual = after.tensor("blk.0.ffn_up_exps.weight").orElseThrow().toFloats();
      assertArrayEquals(expected, actual, 0.01f);
    }
  }

  @Test
  void aFolderForMlxSaysItsBitsAndComesBack() throws IOException {
    Path mlx = home.resolve("mlx");
    Invocation run = gatun("convert", folder, mlx, "--mlx-bits=8", "--mlx-group=32");
    assertEquals(0, run.exitCode(), run.err());
    var config = new ObjectMapper().readTree(mlx.resolve("config.json").toFile());
    assertEquals(8, config.at("/quantization/bits").asInt());
    assertEquals(32, config.at("/quantization/group_size").asInt());
    Path back = home.resolve("back.gguf");
    assertEquals(0, gatun("convert", mlx, back, "--type=f32").exitCode());
    try (GgufFile original = GgufFile.open(model());
        GgufFile decoded = GgufFile.open(back)) {
      String name = "blk.0.ffn_up.weight";
      float[] expected = original.tensor(name).orElseThrow().toFloats();
      // A step of 255 over the range of a group.
      float bound = 0;
      for (float value : expected) {
        bound = Math.max(bound, 2 * Math.abs(value) / 255);
      }
      assertArrayEquals(expected, decoded.tensor(name).orElseThrow().toFloats(), bound);
    }
  }

  /** An adapter of two weights of the model's first layer. */
  private Path adapter() throws IOException {
    Path adapter = Files.createDirectories(home.resolve("adapter"));
    Files.writeString(
        adapter.resolve("adapter_config.json"),
        "{\"peft_type\": \"LORA\", \"r\": 2, \"lora_alpha\": 8}");
    var pairs = new SafetensorsWriter();
    try (GgufFile file = GgufFile.open(model())) {
      for (String name : new String[] {"q", "v"}) {
        Shape shape = file.info("blk.0.attn_%s.weight".formatted(name)).orElseThrow().shape();
        String module = "base_model.model.model.layers.0.self_attn." + name + "_proj";
        pairs.tensor(module + ".lora_A.weight", wave(2, shape.dim(1)));
        pairs.tensor(module + ".lora_B.weight", wave(shape.dim(0), 2));
      }
    }
    pairs.write(adapter.resolve("adapter_model.safetensors"));
    return adapter;
  }

  private static Tensor wave(long rows, long columns) {
    float[] values = new float[(int) (rows * columns)];
    IntStream.range(0, values.length).forEach(i -> values[i] = (float) Math.sin(i) / 4);
    return Tensor.ofFloats(Shape.of(rows, columns), values);
  }

  @Test
  void anAdapterAddsTheSameInBothForms() throws IOException {
    Path adapter = adapter();
    Path gguf = home.resolve("adapter.gguf");
    Invocation run = gatun("convert", adapter, gguf, "--base", model(), "--json");
    assertEquals(0, run.exitCode(), run.err());
    assertEquals("llama", run.json().get("architecture").asText());
    assertEquals("F32", run.json().get("type").asText());
    assertEquals(4, run.json().get("tensors").asInt());
    Path ofFolder = home.resolve("folder.gguf");
    Path ofFile = home.resolve("file.gguf");
    assertEquals(0, gatun("quantize", model(), ofFolder, "F16", "--lora", adapter).exitCode());
    assertEquals(0, gatun("quantize", model(), ofFile, "F16", "--lora", gguf).exitCode());
    assertSameWeights(ofFolder, ofFile);
    try (GgufFile changed = GgufFile.open(ofFile);
        GgufFile original = GgufFile.open(model())) {
      String name = "blk.0.attn_q.weight";
      assertEquals(DType.F16, changed.info(name).orElseThrow().dtype());
      assertTrue(
          changed
                  .tensor(name)
                  .orElseThrow()
                  .data()
                  .mismatch(original.tensor(name).orElseThrow().data())
              >= 0);
    }
  }

  @Test
  void mistakesLeaveNothingBehind() throws IOException {
    Path target = home.resolve("x.gguf");
    Invocation type = gatun("convert", folder, target, "--quantize", "Q9");
    assertEquals(2, type.exitCode());
    assertTrue(type.err().contains("Q4_K_M"), type.err());
    assertEquals(2, gatun("convert", folder, home.resolve("mlx"), "--mlx-bits=7").exitCode());
    assertEquals(2, gatun("convert", folder, target, "--mlx-bits=4").exitCode(), "MLX as GGUF");
    Invocation recipe = gatun("convert", folder, home.resolve("mlx"), "--mlx-recipe=mixed_1_2");
    assertEquals(2, recipe.exitCode());
    assertTrue(recipe.err().contains("mixed_3_6"), recipe.err());
    Invocation mode =
        gatun("convert", folder, home.resolve("mlx"), "--mlx-mode=mxfp4", "--mlx-bits=8");
    assertEquals(2, mode.exitCode());
    assertTrue(mode.err().contains("groups of 32"), mode.err());
    assertEquals(2, gatun("convert", folder, home.resolve("same")).exitCode(), "the same again");
    assertEquals(2, gatun("convert", model(), folder).exitCode(), "exists already");
    assertEquals(2, gatun("convert", folder, target, "--base", model()).exitCode(), "no adapter");
    Path adapter = adapter();
    Invocation base = gatun("convert", adapter, target);
    assertEquals(2, base.exitCode());
    assertTrue(base.err().contains("--base"), base.err());
    Invocation kind = gatun("convert", adapter, target, "--base", model(), "--quantize=Q8_0");
    assertEquals(2, kind.exitCode(), kind.err());
    Invocation absent = gatun("convert", home.resolve("nothing"), target);
    assertEquals(3, absent.exitCode(), absent.err());
    Files.writeString(folder.resolve("config.json"), "{\"architectures\": [\"Mamba\"]}");
    Invocation family = gatun("convert", folder, target);
    assertEquals(3, family.exitCode());
    assertTrue(family.err().contains("Mamba"), family.err());
    assertFalse(Files.exists(target));
  }
}
