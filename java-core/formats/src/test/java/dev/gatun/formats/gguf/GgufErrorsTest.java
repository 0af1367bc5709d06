package dev.gatun.formats.gguf;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.formats.ModelFormatException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each lie that a header can tell, with the message that it gets. */
class GgufErrorsTest {
  private static final long HUGE = 1L << 60;

  @TempDir Path folder;

  @Test
  void versions() {
    fails("is of GGUF version 1, which was given up", new RawGguf().version(1));
    fails("is of GGUF version 4; versions 2 and 3 are supported", new RawGguf().version(4));
    fails("is of GGUF version 0", new RawGguf().version(0));
    fails("is a big-endian GGUF file (version 3)", new RawGguf().version(0x0300_0000));
    fails("is not a GGUF file", new RawGguf().magic(0x46554746));
    opens(new RawGguf().version(2).tensor("x"));
  }

  @Test
  void counts() {
    fails("the metadata has 1152921504606846976 elements", new RawGguf().extraKeys(HUGE));
    fails("the metadata has 18446744073709551615 elements", new RawGguf().extraKeys(-1));
    fails("the list of tensors has 1152921504606846976", new RawGguf().extraTensors(HUGE));
    fails("the list of tensors has 9223372036854775808", new RawGguf().extraTensors(1L << 63));
    fails("the list of tensors has 1 ", new RawGguf().extraTensors(1));
    fails("k has 4611686018427387904 elements", array(GgufType.U64, out -> out.i64(1L << 62)));
    fails("k has 1152921504606846976 elements", array(GgufType.STRING, out -> out.i64(HUGE)));
    fails("k has 1152921504606846976 elements", array(GgufType.ARRAY, out -> out.i64(HUGE)));
    fails(
        "k says it has 18446744073709551615 bytes",
        new RawGguf().key("k", GgufType.STRING, out -> out.i64(-1)));
    fails(
        "k says it has 1152921504606846976 bytes",
        array(GgufType.STRING, out -> out.i64(1).i64(HUGE)));
  }

  @Test
  void keys() {
    fails(
        "has the metadata key 'k' twice",
        new RawGguf()
            .key("k", GgufType.U8, out -> out.number(1, 1))
            .key("k", GgufType.U8, out -> out.number(1, 1)));
    fails("a metadata key has 0 bytes", new RawGguf().key("", GgufType.U8, o -> o.number(1, 1)));
    fails(
        "a metadata key has 65536 bytes",
        new RawGguf().key("k".repeat(65536), GgufType.U8, o -> o.number(1, 1)));
    fails("unknown type 13", new RawGguf().raw(out -> out.string("k").i32(13).i64(0)));
    fails("unknown type 4294967295", new RawGguf().raw(out -> out.string("k").i32(-1).i64(0)));
    fails("unknown type 99", new RawGguf().raw(out -> out.string("k").i32(9).i32(99).i64(0)));
    fails(
        "the boolean k is neither 0 nor 1",
        new RawGguf().key("k", GgufType.BOOL, out -> out.number(2, 1)));
    fails(
        "a metadata key is not UTF-8",
        new RawGguf().raw(out -> out.i64(1).number(0xff, 1).i32(0).number(1, 1)));
  }

  @Test
  void nesting() {
    RawGguf flat =
        array(
            GgufType.ARRAY, out -> out.i64(2).i32(0).i64(1).number(7, 1).i32(8).i64(1).string("x"));
    try (GgufFile file = opens(flat)) {
      List<?> value = (List<?>) file.metadata().value("k").orElseThrow();
      assertArrayEquals(new long[] {7}, (long[]) value.get(0));
      assertEquals(List.of("x"), value.get(1));
      assertThrows(IllegalArgumentException.class, () -> file.metadata().strings("k"));
    }
    fails(
        "nested deeper than 4",
        array(
            GgufType.ARRAY,
            out -> {
              for (int i = 0; i < 100_000; i++) {
                out.i64(1).i32(GgufType.ARRAY.number());
              }
            }));
    fails(
        "more than 65536 nested arrays",
        array(
            GgufType.ARRAY,
            out -> {
              out.i64(70_000);
              for (int i = 0; i < 70_000; i++) {
                out.i32(0).i64(0);
              }
            }));
  }

  @Test
  void alignments() {
    for (long bad : new long[] {0, 3, 48, 1L << 21, 0xffff_ffffL}) {
      fails(
          "general.alignment is " + bad + ", not a power of two",
          new RawGguf().key("general.alignment", GgufType.U32, out -> out.i32(bad)));
    }
    fails(
        "general.alignment is one u64, not one u32",
        new RawGguf().key("general.alignment", GgufType.U64, out -> out.i64(32)));
  }

  @Test
  void tensors() {
    fails("has the tensor 'x' twice", new RawGguf().tensor("x").tensor("x"));
    fails("a tensor name has 0 bytes", new RawGguf().tensor(""));
    fails("has 5 dimensions", new RawGguf().tensor("x", 0, 0, 1, 1, 1, 1, 8));
    fails("an impossible shape", new RawGguf().tensor("x", 0, 0, -1));
    fails("an impossible shape", new RawGguf().tensor("x", 0, 0, 1L << 32, 1L << 32));
    fails("an impossible shape", new RawGguf().tensor("x", 0, 0, 1L << 61));
    fails("rows of 33 elements, which are not whole Q4_0", new RawGguf().tensor("x", 2, 0, 33));
    fails("type 4, which GGUF gave up in 2023", new RawGguf().tensor("x", 4, 0, 32));
    fails("type 31 (a repacked layout)", new RawGguf().tensor("x", 31, 0, 32));
    fails("type 43, which this version does not know", new RawGguf().tensor("x", 43, 0, 32));
    fails("type -1, which", new RawGguf().tensor("x", -1, 0, 32));
    fails("offset 4, which is not a multiple of 32", new RawGguf().tensor("x", 0, 4, 4));
    fails("18446744073709551584, which", new RawGguf().tensor("x", 0, -32, 4));
    fails("ends before the data of tensor 'x', 32 bytes", new RawGguf().tensor("x", 0, 32, 8));
    fails("ends before the data", new RawGguf().tensor("x", 0, Long.MAX_VALUE & -32, 8));
    fails("ends before the data", new RawGguf().tensor("x", 0, 0, 1L << 60));
    fails("tensors 'x' and 'y' overlap", new RawGguf().tensor("x", 0, 0, 16).tensor("y", 0, 32, 8));
    fails("tensors 'y' and 'x' overlap", new RawGguf().tensor("x", 0, 32, 8).tensor("y", 0, 0, 16));
  }

  @Test
  void unusualButSoundTensors() {
    RawGguf raw =
        new RawGguf()
            .tensor("second", 0, 32, 8)
            .tensor("first", 0, 0, 2, 4)
            .tensor("empty", 0, 32, 0)
            .tensor("scalar", 0, 64);
    try (GgufFile file = opens(raw)) {
      assertEquals("[4, 2]", file.info("first").orElseThrow().shape().toString());
      assertEquals("[0]", file.info("empty").orElseThrow().shape().toString());
      assertEquals(1, file.tensor("scalar").orElseThrow().toFloats().length);
      assertEquals(List.of("second", "first", "empty", "scalar"), List.copyOf(file.tensorNames()));
    }
  }

  @Test
  void stringsThatAreNotUtf8AreRefusedWhenRead() {
    RawGguf raw =
        array(GgufType.STRING, out -> out.i64(2).string("good").i64(2).number(0x80c3, 2))
            .key("s", GgufType.STRING, out -> out.i64(1).number(0xe4, 1));
    try (GgufFile file = opens(raw)) {
      List<String> strings = file.metadata().strings("k").orElseThrow();
      assertEquals("good", strings.get(0));
      assertEquals("\u00c0", strings.get(1));
    }
    RawGguf bad =
        array(GgufType.STRING, out -> out.i64(2).string("good").i64(2).number(0xc080, 2))
            .key("s", GgufType.STRING, out -> out.i64(1).number(0xe4, 1));
    try (GgufFile file = opens(bad)) {
      List<String> strings = file.metadata().strings("k").orElseThrow();
      assertEquals("good", strings.get(0));
      assertThrows(ModelFormatException.class, () -> strings.get(1));
      assertThrows(IndexOutOfBoundsException.class, () -> strings.get(2));
      assertThrows(IndexOutOfBoundsException.class, () -> strings.get(-1));
      assertThrows(ModelFormatException.class, () -> file.metadata().string("s"));
      assertThrows(ModelFormatException.class, () -> file.metadata().value("s"));
    }
  }

  @Test
  void badBooleansInArraysAreRefusedWhenRead() {
    RawGguf raw = array(GgufType.BOOL, out -> out.i64(2).number(0x0201, 2));
    try (GgufFile file = opens(raw)) {
      assertThrows(ModelFormatException.class, () -> file.metadata().booleans("k"));
    }
  }

  /** A sparse file of 1 TiB: whatever it claims, opening costs neither memory nor time. */
  @Test
  void hugeHeaderIsRefused() throws IOException {
    Path path = folder.resolve("huge.gguf");
    array(GgufType.STRING, out -> out.i64(8_388_608)).write(path);
    try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
      file.setLength(1L << 40);
    }
    fails("a header of more than 64 MiB", path);
    array(GgufType.U8, out -> out.i64(1L << 39)).write(path);
    try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
      file.setLength(1L << 40);
    }
    fails("a header of more than 64 MiB", path);
  }

  private static RawGguf array(
      GgufType element, java.util.function.Consumer<HeaderWriter> content) {
    return new RawGguf().key("k", GgufType.ARRAY, out -> content.accept(out.i32(element.number())));
  }

  private GgufFile opens(RawGguf raw) {
    try {
      return GgufFile.open(raw.write(folder.resolve("good.gguf")));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private void fails(String message, RawGguf raw) {
    try {
      fails(message, raw.write(folder.resolve("bad.gguf")));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static void fails(String message, Path path) {
    ModelFormatException e =
        assertThrows(ModelFormatException.class, () -> GgufFile.open(path).close());
    assertTrue(e.getMessage().contains(message), e.getMessage());
    assertEquals(path.toString(), e.file());
  }
}
