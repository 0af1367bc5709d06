package dev.gatun.formats.gguf;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.formats.ModelFormatException;
import dev.gatun.formats.TestData;
import dev.gatun.graph.Metadata;
import dev.gatun.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GgufFileTest {
  @TempDir Path folder;

  @Test
  void metadataIsTyped() {
    try (GgufFile file = GgufFile.open(TestData.resource("gguf/all-types.gguf"))) {
      Metadata m = file.metadata();
      assertEquals(Optional.empty(), m.string("absent"));
      assertEquals(Optional.empty(), m.value("absent"));
      assertEquals(0xffff_ffffL, m.integer("u32").orElseThrow());
      assertEquals(-128L, m.integer("i8").orElseThrow());
      assertEquals(255.0, m.floating("u8").orElseThrow());
      assertEquals((double) 1.1f, m.floating("f32").orElseThrow());
      assertEquals(1.1, m.floating("f64").orElseThrow());
      assertTrue(m.bool("yes").orElseThrow());
      assertFalse(m.bool("no").orElseThrow());
      assertEquals("ä€𝄞\ufffd\0", m.string("text").orElseThrow());
      assertArrayEquals(new long[] {-32768, 1}, m.integers("array.int16").orElseThrow());
      assertArrayEquals(new float[] {0, 255}, m.floats("array.uint8").orElseThrow());
      assertArrayEquals(new boolean[] {true, false, true}, m.booleans("array.bool").orElseThrow());
      assertEquals(List.of("a", "", "ß€", "<|im_end|>"), m.strings("array.string").orElseThrow());
      assertThrows(
          UnsupportedOperationException.class,
          () -> m.strings("array.string").orElseThrow().set(0, "b"));
      assertThrows(UnsupportedOperationException.class, () -> m.keys().remove("u8"));
    }
  }

  @Test
  void otherKindsAreRefusedByName() {
    try (GgufFile file = GgufFile.open(TestData.resource("gguf/all-types.gguf"))) {
      Metadata m = file.metadata();
      refuses("metadata 'u8' is one u8, not a string", () -> m.string("u8"));
      refuses("metadata 'f32' is one f32, not an integer", () -> m.integer("f32"));
      refuses("metadata 'text' is a string, not a number", () -> m.floating("text"));
      refuses("metadata 'u8' is one u8, not a boolean", () -> m.bool("u8"));
      refuses(
          "metadata 'array.int8' is an array of 2 i8, not an array of strings",
          () -> m.strings("array.int8"));
      refuses(
          "metadata 'array.string' is an array of 4 strings, not an array of integers",
          () -> m.integers("array.string"));
      refuses("is an array of 3 bool, not an array of numbers", () -> m.floats("array.bool"));
      refuses("is one bool, not an array of booleans", () -> m.booleans("yes"));
    }
  }

  @Test
  void unsignedNumbersBeyondLongAreOnlyFloating() throws IOException {
    Path path = folder.resolve("u64.gguf");
    new GgufWriter()
        .integer("big", GgufType.U64, -1)
        .integers("bigs", GgufType.U64, 1, -1)
        .integers("none", GgufType.I32)
        .write(path);
    try (GgufFile file = GgufFile.open(path)) {
      Metadata m = file.metadata();
      refuses("has 18446744073709551615, which is beyond", () -> m.integer("big"));
      assertEquals(0x1p64, m.floating("big").orElseThrow());
      assertEquals(0x1p64, m.value("big").orElseThrow());
      refuses("beyond a signed 64-bit integer", () -> m.integers("bigs"));
      assertArrayEquals(new double[] {1, 0x1p64}, (double[]) m.value("bigs").orElseThrow());
      assertEquals(List.of(), m.strings("none").orElseThrow());
      assertEquals(0, m.booleans("none").orElseThrow().length);
      assertEquals(0, m.floats("none").orElseThrow().length);
    }
  }

  @Test
  void temporaryViewDiesWithTheCallAndTheFileStays() {
    try (GgufFile file = GgufFile.open(TestData.resource("gguf/qwen3-q8_0.gguf"))) {
      String name = "token_embd.weight";
      float[] expected = file.tensor(name).orElseThrow().toFloats();
      AtomicReference<Tensor> kept = new AtomicReference<>();
      file.withTensor(
          name,
          tensor -> {
            assertEquals(file.info(name).orElseThrow().shape(), tensor.shape());
            assertArrayEquals(expected, tensor.toFloats());
            kept.set(tensor);
          });
      assertThrows(IllegalStateException.class, () -> kept.get().toFloats());
      assertArrayEquals(expected, file.tensor(name).orElseThrow().toFloats());
      refuses("no tensor 'nope' in qwen3-q8_0.gguf", () -> file.withTensor("nope", t -> {}));
    }
  }

  @Test
  void tensorsAreReadOnlyAndDieWithTheFileButMetadataStays() {
    GgufFile file = GgufFile.open(TestData.resource("gguf/qwen3-q8_0.gguf"));
    Tensor tensor = file.tensor("token_embd.weight").orElseThrow();
    assertTrue(tensor.data().isReadOnly());
    assertEquals(Optional.empty(), file.tensor("nope"));
    assertEquals(Optional.empty(), file.info("nope"));
    List<String> tokens = file.metadata().strings("tokenizer.ggml.tokens").orElseThrow();
    file.close();
    file.close();
    assertThrows(IllegalStateException.class, tensor::toFloats);
    assertThrows(IllegalStateException.class, () -> file.withTensor("token_embd.weight", t -> {}));
    assertEquals("qwen3", file.metadata().string("general.architecture").orElseThrow());
    assertFalse(tokens.get(5).isEmpty());
  }

  @Test
  void replacedFileIsNoticed() throws IOException {
    Path path = folder.resolve("m.gguf");
    new RawGguf().tensor("x").write(path);
    try (GgufFile file = GgufFile.open(path)) {
      Files.delete(path);
      Exception gone =
          assertThrows(ModelFormatException.class, () -> file.withTensor("x", t -> {}));
      assertTrue(gone.getMessage().contains("cannot be read"), gone.getMessage());
      new RawGguf().tensor("x").tensor("y").write(path);
      Exception other =
          assertThrows(ModelFormatException.class, () -> file.withTensor("x", t -> {}));
      assertTrue(other.getMessage().contains("was replaced"), other.getMessage());
    }
  }

  @Test
  void interruptedReadSaysSoAndHarmsNothing() {
    try (GgufFile file = GgufFile.open(TestData.resource("gguf/qwen3-q8_0.gguf"))) {
      Thread.currentThread().interrupt();
      Exception e =
          assertThrows(
              ModelFormatException.class, () -> file.withTensor("token_embd.weight", t -> {}));
      assertTrue(Thread.interrupted());
      assertTrue(e.getMessage().contains("interrupted"), e.getMessage());
      file.withTensor("token_embd.weight", t -> assertTrue(t.data().byteSize() > 0));
    }
  }

  private static void refuses(String message, org.junit.jupiter.api.function.Executable call) {
    String actual = assertThrows(IllegalArgumentException.class, call).getMessage();
    assertTrue(actual.contains(message), actual);
  }
}
