package dev.gatun.formats.safetensors;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.formats.ModelFormatException;
import dev.gatun.formats.TestData;
import dev.gatun.tensor.DType;
import dev.gatun.tensor.Shape;
import dev.gatun.tensor.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Reading and writing, against a file of the format's own library. */
class SafetensorsFileTest {
  private static final Path GOLDEN = TestData.resource("safetensors/all-types.safetensors");

  @TempDir Path folder;

  @Test
  void readsEveryType() {
    try (SafetensorsFile file = SafetensorsFile.open(GOLDEN)) {
      assertEquals(Map.of("format", "pt"), file.metadata());
      assertEquals(16, file.tensorNames().size());
      for (DType type :
          List.of(DType.F64, DType.F32, DType.F16, DType.BF16, DType.I8, DType.I16, DType.I32)) {
        String name = name(type);
        assertEquals(type, file.info(name).orElseThrow().dtype());
        assertEquals(Shape.of(3, 5), file.info(name).orElseThrow().shape());
      }
      // NumPy's first numbers of that seed are checked by the bytes that the writer must repeat.
      Tensor scalar = file.tensor("scalar").orElseThrow();
      assertArrayEquals(new float[] {2.5f}, scalar.toFloats());
      assertEquals(0, scalar.shape().rank());
      assertEquals(0, file.tensor("empty").orElseThrow().data().byteSize());
      file.withTensor("empty", tensor -> assertEquals(Shape.of(0, 4), tensor.shape()));
      float[] whole = file.tensor("t.float32").orElseThrow().toFloats();
      file.withTensor("t.float32", tensor -> assertArrayEquals(whole, tensor.toFloats()));
    }
  }

  @Test
  void writesTheLibrarysBytesWhateverTheOrder() throws IOException {
    Path copy = folder.resolve("copy.safetensors");
    try (SafetensorsFile file = SafetensorsFile.open(GOLDEN)) {
      List<String> names = new ArrayList<>(file.tensorNames());
      Collections.reverse(names);
      SafetensorsWriter writer = new SafetensorsWriter().metadata("format", "pt");
      names.forEach(name -> writer.tensor(name, file.tensor(name).orElseThrow()));
      writer.write(copy);
    }
    assertArrayEquals(Files.readAllBytes(GOLDEN), Files.readAllBytes(copy));
  }

  @Test
  void writesAndReadsShards() throws IOException {
    SafetensorsWriter writer = new SafetensorsWriter();
    for (int i = 0; i < 5; i++) {
      writer.tensor("w" + i, Tensor.ofFloats(Shape.of(2, 2), i, i, i, i));
    }
    List<Path> paths = writer.writeFolder(folder, 33);
    assertEquals(
        List.of(
            "model-00001-of-00003.safetensors",
            "model-00002-of-00003.safetensors",
            "model-00003-of-00003.safetensors",
            "model.safetensors.index.json"),
        paths.stream().map(path -> path.getFileName().toString()).toList());
    assertTrue(SafetensorsFile.isModelFolder(folder));
    try (SafetensorsFile file = SafetensorsFile.open(folder)) {
      assertEquals(List.of("w0", "w1", "w2", "w3", "w4"), List.copyOf(file.tensorNames()));
      assertArrayEquals(new float[] {3, 3, 3, 3}, file.tensor("w3").orElseThrow().toFloats());
    }
    try (Stream<Path> files = Files.list(folder)) {
      assertEquals(4, files.count());
    }
    Files.delete(paths.get(1));
    assertMessage(folder, "there is no such file");
  }

  @Test
  void refusesAnIndexThatLeavesItsFolderOrLies() throws IOException {
    Path index = folder.resolve("model.safetensors.index.json");
    Files.writeString(index, "{\"weight_map\":{\"a\":\"../x.safetensors\"}}");
    assertMessage(folder, "no name of a file beside it");
    Files.copy(GOLDEN, folder.resolve("m.safetensors"));
    Files.writeString(index, "{\"weight_map\":{\"a\":\"m.safetensors\"}}");
    assertMessage(folder, "holds the tensor 'a', but it does not");
    Files.writeString(index, "{\"weight_map\":{\"scalar\":\"m.safetensors\"}}");
    assertMessage(folder, "does not name the tensor");
    Files.writeString(index, "[");
    assertMessage(folder, "is not JSON");
  }

  @Test
  void namesWhatIsWrong() throws IOException {
    refuse("{\"a\":{\"dtype\":\"F8_E4M3\",\"shape\":[1],\"data_offsets\":[0,1]}}", 1, "F8_E4M3");
    refuse(tensor("F32", "[2]", 0, 4), 4, "8 bytes");
    refuse(tensor("F32", "[1]", 0, 4), 3, "cut off");
    refuse(tensor("F32", "[1]", 0, 4), 5, "bytes behind its last tensor");
    refuse(tensor("F32", "[1]", 4, 8), 8, "belong to no tensor");
    refuse(tensor("F32", "[4611686018427387904,8]", 0, 4), 4, "too many elements");
    refuse(tensor("F32", "[-1]", 0, 4), 4, "negative");
    refuse("{\"a\":{\"dtype\":\"F32\",\"shape\":[1]}}", 0, "lacks");
    refuse("{\"__metadata__\":{\"a\":1}}", 0, "string");
    refuse("{} {}", 0, "goes on");
    refuse("[]", 0, "does not begin");
    String twice = tensor("U8", "[1]", 0, 1);
    refuse(twice.substring(0, twice.length() - 1) + "," + twice.substring(1), 1, "twice");
    refuse(
        twice.substring(0, twice.length() - 1) + "," + twice.substring(1).replace("\"a\"", "\"b\""),
        1,
        "shares bytes");
    Path file = folder.resolve("short");
    Files.write(file, new byte[3]);
    assertMessage(file, "no safetensors file");
    Files.write(file, new byte[] {-1, -1, -1, -1, -1, -1, -1, -1, '{'});
    assertMessage(file, "18446744073709551615");
  }

  private void refuse(String json, int data, String message) throws IOException {
    byte[] header = json.getBytes(StandardCharsets.UTF_8);
    ByteBuffer bytes = ByteBuffer.allocate(8 + header.length + data).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putLong(header.length).put(header);
    Path file = folder.resolve("bad.safetensors");
    Files.write(file, bytes.array());
    assertMessage(file, message);
  }

  private static void assertMessage(Path path, String part) {
    String message =
        assertThrows(ModelFormatException.class, () -> SafetensorsFile.open(path)).getMessage();
    assertTrue(message.contains(part), message);
    assertFalse(message.contains("com.fasterxml"), message);
  }

  private static String tensor(String type, String shape, long from, long to) {
    return "{\"a\":{\"dtype\":\"%s\",\"shape\":%s,\"data_offsets\":[%d,%d]}}"
        .formatted(type, shape, from, to);
  }

  private static String name(DType type) {
    return switch (type) {
      case F64 -> "t.float64";
      case F32 -> "t.float32";
      case F16 -> "t.float16";
      case BF16 -> "t.bfloat16";
      default -> "t.int" + type.name().substring(1);
    };
  }
}
