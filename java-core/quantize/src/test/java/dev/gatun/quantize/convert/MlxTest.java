package dev.gatun.quantize.convert;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

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
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
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
      ConvertOptions options = ConvertOptions.DEFAULT.withMlx(format);
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
    ConvertOptions four = ConvertOptions.DEFAULT.withMlx(new MlxFormat(4, 32));
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
    ConvertOptions four = ConvertOptions.DEFAULT.withMlx(new MlxFormat(4, 32));
    Conversion.run(source, mlx, four, ConvertListener.NONE);
    String config = Files.readString(mlx.resolve("config.json"));
    refuse(mlx, config.replace("\"bits\" : 4", "\"bits\" : 8"), "contradict");
    refuse(mlx, config.replace("\"bits\" : 4", "\"bits\" : 7"), "not to 7");
    refuse(mlx, config.replace("affine", "mxfp4"), "mxfp4");
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
