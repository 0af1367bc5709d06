package dev.gatun.quantize.convert;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.formats.gguf.GgufFile;
import dev.gatun.formats.gguf.GgufWriter;
import dev.gatun.formats.safetensors.SafetensorsFile;
import dev.gatun.graph.Metadata;
import dev.gatun.models.tokenizer.Tokenizers;
import dev.gatun.tensor.GatunException;
import dev.gatun.tensor.Shape;
import dev.gatun.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** GGUF back to Hugging Face's form: the same tensors, and the same GGUF file from these. */
class GgufToHfTest {
  /** Keys that a folder says in another way, or not at all. */
  private static final Set<String> REPEATED =
      Set.of("tokens", "merges", "scores", "pre", "model", "bos_token_id", "eos_token_id");

  @TempDir Path temp;

  @TestFactory
  Stream<DynamicTest> thereAndBack() {
    return TinyModels.names().stream()
        .map(name -> DynamicTest.dynamicTest(name, () -> thereAndBack(name)));
  }

  private void thereAndBack(String name) throws IOException {
    Path source = TinyModels.make(name, temp);
    Path first = temp.resolve(name + "-1.gguf");
    Path folder = temp.resolve(name + "-back");
    Path second = temp.resolve(name + "-2.gguf");
    // F32 on all ways, so that equal means equal.
    ConvertOptions options = ConvertOptions.DEFAULT.withType(FloatType.F32);
    Conversion.run(source, first, options, ConvertListener.NONE);
    ConvertReport report = Conversion.run(first, folder, options, ConvertListener.NONE);
    Conversion.run(folder, second, options, ConvertListener.NONE);
    compareFolders(source, folder);
    try (GgufFile one = GgufFile.open(first);
        GgufFile two = GgufFile.open(second)) {
      assertEquals(new TreeSet<>(one.tensorNames()), new TreeSet<>(two.tensorNames()));
      for (String tensor : one.tensorNames()) {
        Tensor expected = one.tensor(tensor).orElseThrow();
        assertEquals(-1, expected.data().mismatch(two.tensor(tensor).orElseThrow().data()), tensor);
      }
      compareMetadata(name, one.metadata(), two.metadata());
      String text = "It's 2026: \u041f\u0440\u0438\u0432\u0435\u0442, hello  worlds!";
      assertArrayEquals(
          Tokenizers.from(one.metadata()).encode(text, true, true),
          Tokenizers.from(two.metadata()).encode(text, true, true));
    }
    assertTrue(name.contains("bert") || report.checkedTokens() > 300, report.toString());
  }

  private static void compareFolders(Path source, Path folder) {
    try (SafetensorsFile original = SafetensorsFile.open(source);
        SafetensorsFile back = SafetensorsFile.open(folder)) {
      Set<String> names = new TreeSet<>(original.tensorNames());
      names.removeIf(tensor -> tensor.startsWith("pooler."));
      assertEquals(names, new TreeSet<>(back.tensorNames()));
      for (String tensor : names) {
        float[] expected = original.tensor(tensor).orElseThrow().toFloats();
        // One plus a norm's weight has fewer digits than the weight.
        float tolerance = tensor.endsWith("norm.weight") ? 1e-7f : 0;
        assertArrayEquals(
            expected, back.tensor(tensor).orElseThrow().toFloats(), tolerance, tensor);
      }
    }
  }

  private static void compareMetadata(String name, Metadata one, Metadata two) {
    for (String key : one.keys()) {
      boolean tokenizer = key.startsWith("tokenizer.ggml.");
      String last = key.substring(key.lastIndexOf('.') + 1);
      // Phi-3's control tokens get a score, which nothing reads.
      boolean phi = name.startsWith("phi") && last.equals("scores");
      if (!key.startsWith("general.") && (!tokenizer || (REPEATED.contains(last) && !phi))) {
        assertEquals(shown(one, key), shown(two, key), key);
      }
    }
  }

  private static String shown(Metadata metadata, String key) {
    return switch (metadata.value(key).orElse("absent")) {
      case long[] numbers -> Arrays.toString(numbers);
      case float[] numbers -> Arrays.toString(numbers);
      case Object value -> value.toString();
    };
  }

  @Test
  void nothingIsOverwritten() throws IOException {
    Path source = TinyModels.make("smollm-tiny", temp);
    Path file = temp.resolve("m.gguf");
    Conversion.run(source, file, ConvertOptions.DEFAULT, ConvertListener.NONE);
    GatunException e =
        assertThrows(
            GatunException.class,
            () -> Conversion.run(file, source, ConvertOptions.DEFAULT, ConvertListener.NONE));
    assertEquals(GatunException.Kind.USAGE, e.kind());
    assertTrue(e.getMessage().contains("exists already"), e.getMessage());
  }

  @Test
  void whatHasNoNameThereIsRefusedAndLeavesNothing() throws IOException {
    Path source = TinyModels.make("smollm-tiny", temp);
    Path file = temp.resolve("m.gguf");
    Conversion.run(source, file, ConvertOptions.DEFAULT, ConvertListener.NONE);
    Path odd = temp.resolve("odd.gguf");
    try (GgufFile model = GgufFile.open(file)) {
      GgufWriter writer = new GgufWriter().metadata(model);
      model.tensorNames().forEach(name -> writer.tensor(name, model.tensor(name).orElseThrow()));
      writer.tensor("blk.0.odd.weight", Tensor.ofFloats(Shape.of(1), 1)).write(odd);
    }
    Path target = temp.resolve("folder");
    GatunException e =
        assertThrows(
            GatunException.class,
            () -> Conversion.run(odd, target, ConvertOptions.DEFAULT, ConvertListener.NONE));
    assertTrue(e.getMessage().contains("blk.0.odd.weight"), e.getMessage());
    assertFalse(Files.exists(target));
    try (Stream<Path> files = Files.list(temp)) {
      assertEquals(3, files.count());
    }
  }
}
