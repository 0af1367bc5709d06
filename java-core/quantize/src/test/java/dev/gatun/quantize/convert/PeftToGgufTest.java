package dev.gatun.quantize.convert;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.formats.gguf.GgufFile;
import dev.gatun.models.lora.LoraAdapter;
import dev.gatun.quantize.lora.AdaptedSource;
import dev.gatun.tensor.GatunException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whole adapters against those of llama.cpp's converter, byte for byte; and read back. */
class PeftToGgufTest {
  @TempDir Path temp;

  private Path adapter(String name) throws IOException {
    Path source = TinyModels.root().resolve("adapters").resolve(name);
    return TinyModels.make(source, temp, "adapter_model.safetensors");
  }

  private static ConvertReport convert(Path adapter, Path base, Path target, FloatType type)
      throws IOException {
    ConvertOptions options = ConvertOptions.DEFAULT.withType(type).withBase(base);
    return Conversion.run(adapter, target, options, ConvertListener.NONE);
  }

  @ParameterizedTest
  @ValueSource(strings = {"smollm-5K-chat-lora", "gemma-adapter", "phi-900K-v2", "qwen3-ranks"})
  void sameFileAsLlamaCpp(String name) throws IOException, NoSuchAlgorithmException {
    Path adapter = adapter(name);
    List<String> expected = Files.readAllLines(adapter.resolve("expected.txt"));
    String[] words = Files.readString(adapter.resolve("options.txt")).split(" ", -1);
    FloatType type = FloatType.valueOf(words[1].toUpperCase(Locale.ROOT));
    // A folder with nothing but config.json is enough.
    Path base = TinyModels.root().resolve(words[0]);
    Path target = temp.resolve("adapter.gguf");
    ConvertReport report = convert(adapter, base, target, type);
    try (GgufFile file = GgufFile.open(target)) {
      List<String> keys =
          expected.stream()
              .filter(line -> line.startsWith("key "))
              .map(line -> line.split(" ", -1)[1])
              .toList();
      assertEquals(keys, List.copyOf(file.metadata().keys()));
      assertEquals(report.tensors(), file.tensorNames().size());
    }
    byte[] digest = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(target));
    assertEquals(expected.getFirst(), "file " + HexFormat.of().formatHex(digest));
  }

  @Test
  void readBackItAddsWhatTheFolderAdds() throws IOException {
    Path base = TinyModels.make("smollm-tiny", temp);
    Path model = temp.resolve("base.gguf");
    Conversion.run(
        base, model, ConvertOptions.DEFAULT.withType(FloatType.F32), ConvertListener.NONE);
    for (boolean stabilized : List.of(false, true)) {
      Path folder = adapter("smollm-5K-chat-lora");
      String member = "\"r\": 3, \"use_rslora\": " + stabilized + ",";
      Path config = folder.resolve("adapter_config.json");
      Files.writeString(config, Files.readString(config).replace("\"r\": 3,", member));
      Path target = temp.resolve("adapter.gguf");
      convert(folder, model, target, FloatType.AUTO);
      try (GgufFile file = GgufFile.open(model);
          GgufFile converted = GgufFile.open(target)) {
        LoraAdapter direct = PeftAdapter.read(folder, file.metadata(), 0.5f);
        LoraAdapter back = LoraAdapter.of(converted, 0.5f);
        assertEquals(direct.weights(), back.weights());
        AdaptedSource expected = AdaptedSource.of(file, List.of(direct), false);
        AdaptedSource actual = AdaptedSource.of(file, List.of(back), false);
        for (String weight : back.weights()) {
          float[] changed = actual.tensor(weight).orElseThrow().toFloats();
          assertArrayEquals(
              expected.tensor(weight).orElseThrow().toFloats(), changed, 1e-6f, weight);
          assertTrue(changed[0] != file.tensor(weight).orElseThrow().toFloats()[0], weight);
        }
      }
      deleteAll(folder);
    }
  }

  private static void deleteAll(Path folder) throws IOException {
    try (var files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
  }

  @Test
  void mistakesSayWhatToDo() throws IOException {
    Path folder = adapter("qwen3-ranks");
    Path target = temp.resolve("adapter.gguf");
    GatunException nameless =
        assertThrows(
            GatunException.class,
            () -> Conversion.run(folder, target, ConvertOptions.DEFAULT, ConvertListener.NONE));
    assertEquals(GatunException.Kind.USAGE, nameless.kind());
    assertTrue(nameless.getMessage().contains("--base"), nameless.getMessage());
    assertTrue(nameless.getMessage().contains("someone/qwen3"), nameless.getMessage());
    // Another architecture has no such tensor.
    Path bert = TinyModels.root().resolve("all-tiny-bert");
    GatunException other =
        assertThrows(GatunException.class, () -> convert(folder, bert, target, FloatType.AUTO));
    assertTrue(other.getMessage().contains("o_proj"), other.getMessage());
    // One number cannot say the roots of two ranks.
    Path config = folder.resolve("adapter_config.json");
    Files.writeString(
        config,
        Files.readString(config)
            .replace("{", "{\"use_rslora\": true, ")
            .replace("{\"use_rslora\": true, \"o_proj\"", "{\"o_proj\""));
    Path base = TinyModels.root().resolve("qwen3");
    GatunException roots =
        assertThrows(GatunException.class, () -> convert(folder, base, target, FloatType.AUTO));
    assertTrue(roots.getMessage().contains("[5, 2]"), roots.getMessage());
    assertTrue(Files.notExists(target));
  }
}
