package dev.gatun.formats.gguf;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.formats.TestData;
import dev.gatun.graph.ModelSource.TensorInfo;
import dev.gatun.tensor.DType;
import dev.gatun.tensor.Shape;
import dev.gatun.tensor.Tensor;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GgufWriterTest {
  @TempDir Path folder;

  @Test
  void copyIsIdenticalToWhatThePythonPackageWrote() throws IOException {
    for (String name : new String[] {"all-types.gguf", "qwen3-q8_0.gguf"}) {
      Path original = TestData.resource("gguf/" + name);
      Path copy = folder.resolve(name);
      try (GgufFile source = GgufFile.open(original)) {
        copy(source).write(copy);
      }
      assertArrayEquals(Files.readAllBytes(original), Files.readAllBytes(copy), name);
    }
  }

  @Test
  void putsEveryTypeAsThePythonPackageDoes() throws IOException {
    Path original = TestData.resource("gguf/all-types.gguf");
    Path written = folder.resolve("written.gguf");
    try (GgufFile source = GgufFile.open(original)) {
      GgufWriter writer =
          new GgufWriter()
              .string("general.architecture", "test")
              .integer("u8", GgufType.U8, 255)
              .integer("i8", GgufType.I8, -128)
              .integer("u16", GgufType.U16, 65535)
              .integer("i16", GgufType.I16, -32768)
              .uint32("u32", 0xffff_ffffL)
              .integer("i32", GgufType.I32, Integer.MIN_VALUE)
              .float32("f32", 1.1f)
              .bool("yes", true)
              .bool("no", false)
              .string("text", "ä€𝄞\ufffd\0")
              .integer("u64", GgufType.U64, Long.MAX_VALUE)
              .integer("i64", GgufType.I64, Long.MIN_VALUE)
              .floating("f64", GgufType.F64, 1.1)
              .integers("array.uint8", GgufType.U8, 0, 255)
              .integers("array.int8", GgufType.I8, -128, 127)
              .integers("array.uint16", GgufType.U16, 65535)
              .integers("array.int16", GgufType.I16, -32768, 1)
              .integers("array.uint32", GgufType.U32, 0xffff_ffffL, 0)
              .integers("array.int32", GgufType.I32, -1, Integer.MAX_VALUE)
              .floats("array.float32", GgufType.F32, 0.1, -0.0, Double.POSITIVE_INFINITY)
              .bools("array.bool", true, false, true)
              .strings("array.string", List.of("a", "", "ß€", "<|im_end|>"))
              .integers("array.uint64", GgufType.U64, Long.MAX_VALUE, 1)
              .integers("array.int64", GgufType.I64, Long.MIN_VALUE, 5)
              .floats("array.float64", GgufType.F64, 0.1, 1e300);
      for (String name : source.tensorNames()) {
        writer.tensor(name, source.tensor(name).orElseThrow());
      }
      writer.write(written);
    }
    assertArrayEquals(Files.readAllBytes(original), Files.readAllBytes(written));
  }

  @Test
  void alignsTensorsAndReplacesKeysInPlace() throws IOException {
    Path path = folder.resolve("aligned.gguf");
    new GgufWriter()
        .string("a", "old")
        .alignment(4096)
        .uint32("b", 1)
        .string("a", "new")
        .remove("b")
        .tensor("x", Tensor.ofFloats(Shape.of(3), 1, 2, 3))
        .tensor("empty", Tensor.ofFloats(Shape.of(0)))
        .tensor("y", Tensor.ofFloats(Shape.of(), 4))
        .write(path);
    try (GgufFile file = GgufFile.open(path)) {
      assertEquals(List.of("a", "general.alignment"), List.copyOf(file.metadata().keys()));
      assertEquals("new", file.metadata().string("a").orElseThrow());
      assertEquals(4096, file.alignment());
      assertEquals(0, file.tensor("y").orElseThrow().data().address() % 4096);
      assertArrayEquals(new float[] {4}, file.tensor("y").orElseThrow().toFloats());
      assertArrayEquals(new float[] {1, 2, 3}, file.tensor("x").orElseThrow().toFloats());
      assertEquals(Shape.of(), file.info("y").orElseThrow().shape());
    }
    Path copy = folder.resolve("copy.gguf");
    try (GgufFile file = GgufFile.open(path)) {
      copy(file).write(copy);
    }
    assertArrayEquals(Files.readAllBytes(path), Files.readAllBytes(copy));
  }

  @Test
  void failedWriteLeavesTheOldFileAndNothingElse() throws IOException {
    Path path = folder.resolve("model.gguf");
    Files.writeString(path, "old");
    TensorInfo info = new TensorInfo("x", DType.F32, Shape.of(2));
    MemorySegment four = MemorySegment.ofArray(new byte[4]);
    Exception e =
        assertThrows(
            IllegalStateException.class,
            () -> new GgufWriter().tensor(info, sink -> sink.write(four)).write(path));
    assertTrue(e.getMessage().contains("'x' needs 8 bytes, but 4"), e.getMessage());
    assertThrows(
        IOException.class,
        () ->
            new GgufWriter()
                .tensor(
                    info,
                    sink -> {
                      throw new IOException("source is gone");
                    })
                .write(path));
    assertEquals("old", Files.readString(path));
    try (Stream<Path> files = Files.list(folder)) {
      assertEquals(List.of(path), files.toList());
    }
    new GgufWriter()
        .tensor(
            info,
            sink -> {
              sink.write(four);
              sink.write(four);
            })
        .write(path);
    try (GgufFile file = GgufFile.open(path)) {
      assertArrayEquals(new float[2], file.tensor("x").orElseThrow().toFloats());
    }
  }

  @Test
  void refusesWhatReadersRefuse() {
    GgufWriter writer = new GgufWriter().tensor("x", Tensor.ofFloats(Shape.of(1), 1));
    Tensor one = Tensor.ofFloats(Shape.of(1), 1);
    assertThrows(IllegalArgumentException.class, () -> writer.tensor("x", one));
    assertThrows(IllegalArgumentException.class, () -> writer.tensor("", one));
    assertThrows(IllegalArgumentException.class, () -> writer.tensor("n".repeat(64), one));
    assertThrows(
        IllegalArgumentException.class,
        () -> writer.tensor("5d", Tensor.ofFloats(Shape.of(1, 1, 1, 1, 1), 1)));
    assertThrows(
        IllegalArgumentException.class,
        () ->
            writer.tensor(
                "u8", new Tensor(DType.U8, Shape.of(1), MemorySegment.ofArray(new byte[1]))));
    assertThrows(IllegalArgumentException.class, () -> writer.alignment(48));
    assertThrows(IllegalArgumentException.class, () -> writer.string("", "x"));
    assertThrows(IllegalArgumentException.class, () -> writer.uint32("k", -1));
    assertThrows(IllegalArgumentException.class, () -> writer.integer("k", GgufType.I8, 128));
    assertThrows(IllegalArgumentException.class, () -> writer.integer("k", GgufType.F32, 1));
    assertThrows(IllegalArgumentException.class, () -> writer.floating("k", GgufType.I32, 1));
    Path nowhere = folder.resolve("no/such/folder/m.gguf");
    Exception e = assertThrows(IOException.class, () -> writer.write(nowhere));
    assertTrue(e.getMessage().contains("there is no folder"), e.getMessage());
    assertFalse(Files.exists(nowhere));
  }

  static GgufWriter copy(GgufFile source) {
    GgufWriter writer = new GgufWriter().metadata(source);
    for (String name : source.tensorNames()) {
      writer.tensor(name, source.tensor(name).orElseThrow());
    }
    return writer;
  }
}
