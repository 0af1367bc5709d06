package dev.gatun.quantize.convert;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.formats.gguf.GgufFile;
import dev.gatun.models.arch.Architectures;
import dev.gatun.models.arch.BuildOptions;
import dev.gatun.quantize.gguf.GgufQuantizer;
import dev.gatun.quantize.gguf.QuantizeListener;
import dev.gatun.quantize.gguf.QuantizeOptions;
import dev.gatun.quantize.mix.FileType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Whole files against those of llama.cpp's converter, byte for byte. */
class ConvertGoldenTest {
  @TempDir Path temp;

  @TestFactory
  Stream<DynamicTest> sameFileAsLlamaCpp() {
    assertEquals(11, TinyModels.names().size());
    return TinyModels.names().stream()
        .map(name -> DynamicTest.dynamicTest(name, () -> compare(name)));
  }

  private void compare(String name) throws IOException, NoSuchAlgorithmException {
    Path source = TinyModels.make(name, temp);
    Path target = temp.resolve(name + ".gguf");
    String type = Files.readString(source.resolve("options.txt")).toUpperCase(Locale.ROOT);
    ConvertReport report =
        Conversion.run(
            source,
            target,
            ConvertOptions.DEFAULT.withType(FloatType.valueOf(type)),
            ConvertListener.NONE);
    List<String> expected = Files.readAllLines(source.resolve("expected.txt"));
    List<String> keys = new ArrayList<>();
    List<String> tensors = new ArrayList<>();
    for (String line : expected) {
      String[] words = line.split(" ", -1);
      if (words[0].equals("key")) {
        keys.add(words[1]);
      } else if (words[0].equals("tensor")) {
        tensors.add(words[1] + " " + words[2]);
      }
    }
    try (GgufFile file = GgufFile.open(target)) {
      assertEquals(keys, List.copyOf(file.metadata().keys()));
      assertEquals(
          tensors,
          file.tensorNames().stream()
              .map(tensor -> tensor + " " + file.info(tensor).orElseThrow().dtype())
              .toList());
      // The runtime makes a graph of it.
      assertTrue(!Architectures.build(file, BuildOptions.defaults()).graph().nodes().isEmpty());
    }
    byte[] digest = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(target));
    assertEquals(expected.getFirst(), "file " + HexFormat.of().formatHex(digest));
    assertEquals(Files.size(target), report.bytes());
    boolean pairs = Files.exists(source.resolve("tokenizer.json")) && !name.contains("bert");
    assertEquals(pairs, report.checkedTokens() > 300, report.toString());
  }

  @Test
  void shardsAndSplitsChangeNothing() throws IOException {
    Path source = TinyModels.make("smollm-tiny", temp);
    Path target = temp.resolve("split.gguf");
    ConvertReport report =
        Conversion.run(
            source, target, ConvertOptions.DEFAULT.withMaxFileBytes(20_000), ConvertListener.NONE);
    assertTrue(report.files().size() > 1, report.toString());
    Path whole = temp.resolve("whole.gguf");
    Conversion.run(source, whole, ConvertOptions.DEFAULT, ConvertListener.NONE);
    try (GgufFile parts = GgufFile.open(report.files().getFirst());
        GgufFile one = GgufFile.open(whole)) {
      assertEquals(one.tensorNames(), parts.tensorNames());
      for (String name : one.tensorNames()) {
        assertEquals(
            -1,
            one.tensor(name)
                .orElseThrow()
                .data()
                .mismatch(parts.tensor(name).orElseThrow().data()));
      }
    }
  }

  @Test
  void quantizedInTheSamePassIsQuantizedAfterwards() throws IOException {
    for (String name : List.of("Tiny-Llama3-1K-Instruct", "qwen3-moe")) {
      Path source = TinyModels.make(name, temp.resolve("same"));
      Path once = temp.resolve("once.gguf");
      var quantize = QuantizeOptions.of(FileType.Q4_K_M);
      Conversion.run(
          source, once, ConvertOptions.DEFAULT.withQuantize(quantize), ConvertListener.NONE);
      Path whole = temp.resolve("whole.gguf");
      Path twice = temp.resolve("twice.gguf");
      Conversion.run(source, whole, ConvertOptions.DEFAULT, ConvertListener.NONE);
      try (GgufFile file = GgufFile.open(whole)) {
        GgufQuantizer.quantize(file, twice, quantize, QuantizeListener.NONE);
      }
      assertEquals(-1, Files.mismatch(twice, once), name);
    }
  }
}
