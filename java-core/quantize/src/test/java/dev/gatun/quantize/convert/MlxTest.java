package dev.gatun.quantize.convert;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.gatun.formats.gguf.GgufFile;
import dev.gatun.formats.safetensors.SafetensorsFile;
import dev.gatun.formats.safetensors.SafetensorsWriter;
import dev.gatun.tensor.DType;
import dev.gatun.tensor.GatunException;
import dev.gatun.tensor.Shape;
import dev.gatun.tensor.Tensor;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** MLX's affine form, against MLX itself (mlx.tsv). */
class MlxTest {
  @TempDir Path temp;

  @Test
  void codesScalesBiasesAndNumbersAreThoseOfMlx() throws IOException, NoSuchAlgorithmException {
    List<String> lines = Files.readAllLines(TinyModels.root().resolve("mlx.tsv"));
    assertEquals(54, lines.size());
    for (String line : lines) {
      String[] fields = line.split("\t", -1);
      DType type = DType.valueOf(fields[0]);
      Path source = temp.resolve(fields[0]);
      if (!Files.exists(source)) {
        Files.createDirectory(source);
        Files.writeString(source.resolve("config.json"), "{\"architectures\":[\"Any\"]}");
        new SafetensorsWriter()
            .tensor("layer.weight", TinyModels.encode(type, Shape.of(12, 256), matrix()))
            .write(source.resolve("model.safetensors"));
      }
      String name = String.join("-", fields[0], fields[1], fields[2]);
      Path packed = temp.resolve(name);
      var format = new MlxFormat(Integer.parseInt(fields[1]), Integer.parseInt(fields[2]));
      ConvertOptions options = ConvertOptions.DEFAULT.withMlx(MlxScheme.of(format));
      Conversion.run(source, packed, options, ConvertListener.NONE);
      try (SafetensorsFile file = SafetensorsFile.open(packed)) {
        assertEquals(fields[3], digest(file, "layer.weight"), name);
        assertEquals(fields[4], digest(file, "layer.scales"), name);
        assertEquals(fields[5], digest(file, "layer.biases"), name);
      }
      Path back = temp.resolve(name + "-back");
      Conversion.run(packed, back, ConvertOptions.DEFAULT, ConvertListener.NONE);
      try (SafetensorsFile file = SafetensorsFile.open(back)) {
        assertEquals(type, file.info("layer.weight").orElseThrow().dtype());
        assertEquals(fields[6], digest(file, "layer.weight"), name);
        assertEquals(1, file.tensorNames().size());
      }
    }
  }

  @Test
  void otherModesAreThoseOfMlx() throws IOException, NoSuchAlgorithmException {
    List<String> lines = Files.readAllLines(TinyModels.root().resolve("mlx-modes.tsv"));
    assertEquals(9, lines.size());
    for (String line : lines) {
      String[] fields = line.split("\t", -1);
      Path source = temp.resolve(fields[0]);
      if (!Files.exists(source)) {
        Files.createDirectory(source);
        Files.writeString(source.resolve("config.json"), "{\"architectures\":[\"Any\"]}");
        new SafetensorsWriter()
            .tensor(
                "layer.weight",
                TinyModels.encode(DType.valueOf(fields[0]), Shape.of(12, 256), edges()))
            .write(source.resolve("model.safetensors"));
      }
      String name = fields[0] + "-" + fields[1];
      Path packed = temp.resolve(name);
      MlxScheme scheme = MlxScheme.of(MlxFormat.of(MlxMode.of(fields[1]).orElseThrow()));
      Conversion.run(source, packed, ConvertOptions.DEFAULT.withMlx(scheme), ConvertListener.NONE);
      try (SafetensorsFile file = SafetensorsFile.open(packed)) {
        assertEquals(fields[3], digest(file, "layer.scales"), name);
        assertEquals(fields[2], digest(file, "layer.weight"), name);
        assertEquals(2, file.tensorNames().size());
      }
      Path back = temp.resolve(name + "-back");
      Conversion.run(packed, back, ConvertOptions.DEFAULT, ConvertListener.NONE);
      try (SafetensorsFile file = SafetensorsFile.open(back)) {
        assertEquals(DType.BF16, file.info("layer.weight").orElseThrow().dtype());
        assertEquals(fields[4], digest(file, "layer.weight"), name);
      }
    }
  }

  /** Twin of the second matrix in make_mlx_goldens.py. */
  private static float[] edges() {
    float[] values = matrix();
    for (int i = 0; i < 256; i++) {
      values[5 * 256 + i] = (i - 128) / 4f;
      values[6 * 256 + i] = (i - 128) / 32f;
      values[7 * 256 + i] = (float) (6 * Math.scalb(1.0, i / 16 - 8) * (1 + 0x1p-23 * (i % 3)));
      values[8 * 256 + i] *= 1e-6f;
    }
    return values;
  }

  @Test
  void recipesAreThoseOfMlxLm() throws IOException {
    List<String> lines = Files.readAllLines(TinyModels.root().resolve("mlx-recipes.tsv"));
    assertEquals(12, lines.size());
    for (String line : lines) {
      String[] fields = line.split("\t", -1);
      int layers = Integer.parseInt(fields[1]);
      List<String> modules = new ArrayList<>(List.of("model.embed_tokens"));
      for (int layer = 0; layer < layers; layer++) {
        for (String part :
            List.of(
                "self_attn.q_proj",
                "self_attn.k_proj",
                "self_attn.v_proj",
                "self_attn.o_proj",
                "mlp.gate_proj",
                "mlp.up_proj",
                "mlp.down_proj")) {
          modules.add("model.layers.%d.%s".formatted(layer, part));
        }
      }
      modules.add("lm_head");
      List<PlannedTensor> plan =
          modules.stream()
              .map(module ->
                  new PlannedTensor(module + ".weight", DType.F16, Shape.of(4, 64), List.of(), 0))
              .toList();
      MlxScheme scheme = new MlxScheme(new MlxFormat(4, 64), MlxRecipe.of(fields[0]));
      Map<String, MlxFormat> formats = scheme.formats(plan);
      StringBuilder bits = new StringBuilder();
      modules.forEach(module -> bits.append(formats.get(module).bits()));
      assertEquals(fields[2], bits.toString(), line);
    }
  }

  @Test
  void aRecipeStandsInConfigJsonAndIsReadFromThere() throws IOException {
    Path source = TinyModels.make("Mistral-7B-v0.1", temp);
    Path mlx = temp.resolve("mlx");
    MlxScheme scheme = new MlxScheme(new MlxFormat(4, 32), Optional.of(MlxRecipe.MIXED_3_6));
    ConvertReport report =
        Conversion.run(source, mlx, ConvertOptions.DEFAULT.withMlx(scheme), ConvertListener.NONE);
    assertEquals("MLX mixed_3_6, groups of 32", report.type());
    JsonNode config = new ObjectMapper().readTree(mlx.resolve("config.json").toFile());
    JsonNode modules = config.get("quantization");
    assertEquals(4, modules.get("bits").asInt());
    assertEquals(6, modules.at("/lm_head/bits").asInt());
    assertEquals(3, modules.at("/model.layers.0.self_attn.q_proj/bits").asInt());
    Path back = temp.resolve("back");
    Conversion.run(mlx, back, ConvertOptions.DEFAULT.withType(FloatType.F32), ConvertListener.NONE);
    try (SafetensorsFile original = SafetensorsFile.open(source);
        SafetensorsFile decoded = SafetensorsFile.open(back)) {
      for (String module : List.of("lm_head", "model.layers.0.self_attn.q_proj")) {
        int bits = modules.get(module).get("bits").asInt();
        float[] expected = original.tensor(module + ".weight").orElseThrow().toFloats();
        float[] actual = decoded.tensor(module + ".weight").orElseThrow().toFloats();
        double largest = 0;
        for (int i = 0; i < expected.length; i++) {
          largest = Math.max(largest, Math.abs(expected[i] - actual[i]));
        }
        // Numbers are within half a unit of zero; steps are that range over the codes.
        double step = 1.0 / ((1 << bits) - 1);
        assertTrue(largest < step && largest > step / 8, module + " " + largest);
      }
    }
    Path bert = TinyModels.make("all-tiny-bert", temp);
    GatunException e =
        assertThrows(
            GatunException.class,
            () ->
                Conversion.run(
                    bert,
                    temp.resolve("x"),
                    ConvertOptions.DEFAULT.withMlx(scheme),
                    ConvertListener.NONE));
    assertTrue(e.getMessage().contains("down_proj"), e.getMessage());
    assertThrows(
        IllegalArgumentException.class,
        () -> new MlxScheme(MlxFormat.of(MlxMode.NVFP4), Optional.of(MlxRecipe.MIXED_2_6)));
  }

  /** Twin of the matrix in make_mlx_goldens.py. */
  private static float[] matrix() {
    float[] values = TinyModels.weights("layer.weight", Shape.of(12, 256));
    Arrays.fill(values, 0, 256, 0);
    Arrays.fill(values, 256, 512, 0.5f);
    for (int i = 0; i < 256; i++) {
      values[512 + i] = i / 256f;
      values[768 + i] = -values[512 + i];
    }
    values[4 * 256 + 7] = 100;
    return values;
  }

  private static String digest(SafetensorsFile file, String tensor)
      throws NoSuchAlgorithmException {
    byte[] bytes = file.tensor(tensor).orElseThrow().data().toArray(ValueLayout.JAVA_BYTE);
    byte[] hash = MessageDigest.getInstance("SHA-256").digest(bytes);
    return HexFormat.of().formatHex(hash, 0, 8);
  }

  @Test
  void ggufOfAnMlxFolderHoldsItsNumbers() throws IOException {
    Path source = TinyModels.make("Tiny-Llama3-1K-Instruct", temp);
    Path gguf = temp.resolve("m.gguf");
    Conversion.run(source, gguf, ConvertOptions.DEFAULT, ConvertListener.NONE);
    Path mlx = temp.resolve("mlx");
    ConvertOptions four = ConvertOptions.DEFAULT.withMlx(MlxScheme.of(new MlxFormat(4, 32)));
    Conversion.run(gguf, mlx, four, ConvertListener.NONE);
    Path decoded = temp.resolve("decoded");
    Conversion.run(mlx, decoded, ConvertOptions.DEFAULT, ConvertListener.NONE);
    Path direct = temp.resolve("direct.gguf");
    Path around = temp.resolve("around.gguf");
    ConvertReport report =
        Conversion.run(mlx, direct, ConvertOptions.DEFAULT, ConvertListener.NONE);
    Conversion.run(decoded, around, ConvertOptions.DEFAULT, ConvertListener.NONE);
    assertEquals("BF16", report.type());
    try (GgufFile one = GgufFile.open(direct);
        GgufFile two = GgufFile.open(around);
        GgufFile original = GgufFile.open(gguf)) {
      assertEquals(original.tensorNames().size(), one.tensorNames().size());
      boolean differs = false;
      for (String name : one.tensorNames()) {
        Tensor tensor = one.tensor(name).orElseThrow();
        assertEquals(-1, tensor.data().mismatch(two.tensor(name).orElseThrow().data()), name);
        differs |= tensor.data().mismatch(original.tensor(name).orElseThrow().data()) >= 0;
      }
      assertTrue(differs, "nothing was quantized");
    }
  }

  @Test
  void settingsThatContradictTheTensorsAreRefused() throws IOException {
    Path source = TinyModels.make("smollm-tiny", temp);
    Path mlx = temp.resolve("mlx");
    ConvertOptions four = ConvertOptions.DEFAULT.withMlx(MlxScheme.of(new MlxFormat(4, 32)));
    Conversion.run(source, mlx, four, ConvertListener.NONE);
    String config = Files.readString(mlx.resolve("config.json"));
    refuse(mlx, config.replace("\"bits\" : 4", "\"bits\" : 8"), "contradict");
    refuse(mlx, config.replace("\"bits\" : 4", "\"bits\" : 7"), "not to 7");
    refuse(mlx, config.replace("affine", "mxfp9"), "mxfp9");
    refuse(mlx, config.replace("affine", "mxfp4"), "contradict");
    refuse(mlx, config.replace("affine", "nvfp4"), "groups of 16, not 4 in groups of 32");
    assertThrows(IllegalArgumentException.class, () -> new MlxFormat(4, 48));
  }

  private void refuse(Path mlx, String config, String part) throws IOException {
    Files.writeString(mlx.resolve("config.json"), config);
    GatunException e =
        assertThrows(
            GatunException.class,
            () ->
                Conversion.run(
                    mlx, temp.resolve("x"), ConvertOptions.DEFAULT, ConvertListener.NONE));
    assertEquals(GatunException.Kind.MODEL, e.kind());
    assertTrue(e.getMessage().contains(part), e.getMessage());
  }
}
