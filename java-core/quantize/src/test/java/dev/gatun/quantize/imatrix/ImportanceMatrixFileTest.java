package dev.gatun.quantize.imatrix;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.formats.ModelFormatException;
import dev.gatun.formats.gguf.GgufWriter;
import dev.gatun.quantize.imatrix.ImportanceMatrixFile.Form;
import dev.gatun.tensor.Shape;
import dev.gatun.tensor.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ImportanceMatrixFileTest {
  @TempDir Path folder;

  @Test
  void aFileOfLlamaCppIsRead() throws IOException {
    ImportanceMatrix matrix = Goldens.read(folder, "llama-moe.gguf");
    assertEquals(16, matrix.entries().size());
    assertEquals(List.of("text.txt"), matrix.datasets());
    assertEquals(4, matrix.chunkCount());
    assertEquals(64, matrix.chunkSize());
    ImportanceEntry query = matrix.entries().get("blk.0.attn_q.weight");
    assertEquals(64, query.size());
    assertArrayEquals(new long[] {256}, query.counts());
    ImportanceEntry experts = matrix.entries().get("blk.1.ffn_down_exps.weight");
    assertEquals(4, experts.parts());
    assertEquals(512, Arrays.stream(experts.counts()).sum());
  }

  @ParameterizedTest
  @ValueSource(strings = {"llama.gguf", "llama-moe.gguf", "qwen3moe.gguf"})
  void writingGgufGivesTheSameBytes(String name) throws IOException {
    ImportanceMatrix matrix = Goldens.read(folder, name);
    Path out = folder.resolve("out.gguf");
    ImportanceMatrixFile.write(matrix, out, Form.GGUF, 1);
    assertArrayEquals(Goldens.bytes(name), Files.readAllBytes(out));
  }

  @ParameterizedTest
  @ValueSource(strings = {"llama", "llama-moe", "qwen3moe"})
  void writingTheOlderFormGivesTheSameBytes(String name) throws IOException {
    ImportanceMatrix matrix = Goldens.read(folder, name + ".gguf");
    Path out = folder.resolve("out.dat");
    ImportanceMatrixFile.write(matrix, out, Form.DAT, 1);
    assertArrayEquals(Goldens.bytes(name + ".dat"), Files.readAllBytes(out));
  }

  @Test
  void mergingGivesTheSameBytes() throws IOException {
    ImportanceMatrix merged =
        ImportanceMatrix.merge(
            List.of(
                Goldens.read(folder, "llama.gguf"),
                Goldens.read(folder, "second.gguf"),
                Goldens.read(folder, "llama.dat")),
            512);
    Path out = folder.resolve("out.gguf");
    ImportanceMatrixFile.write(merged, out, Form.GGUF, 1);
    assertArrayEquals(Goldens.bytes("merged.gguf"), Files.readAllBytes(out));
  }

  @ParameterizedTest
  @ValueSource(strings = {"llama", "llama-moe"})
  void bothFormsGiveTheSameWeights(String name) throws IOException {
    ImportanceMatrix gguf = Goldens.read(folder, name + ".gguf");
    ImportanceMatrix dat = Goldens.read(folder, name + ".dat");
    assertTrue(dat.perChunk());
    assertEquals(gguf.entries().keySet(), dat.entries().keySet());
    for (String tensor : gguf.entries().keySet()) {
      float[] expected = gguf.weights(tensor).orElseThrow();
      float[] actual = dat.weights(tensor).orElseThrow();
      assertEquals(expected.length, actual.length);
      for (int i = 0; i < actual.length; i++) {
        // Times the number of chunks and divided by it: two roundings.
        assertEquals(expected[i], actual[i], 2 * Math.ulp(expected[i]));
      }
    }
  }

  @Test
  void matricesOfDifferentModelsAreNotMerged() throws IOException {
    List<ImportanceMatrix> both =
        List.of(Goldens.read(folder, "llama-moe.gguf"), Goldens.read(folder, "qwen3moe.gguf"));
    String message =
        assertThrows(RuntimeException.class, () -> ImportanceMatrix.merge(both, 512)).getMessage();
    assertTrue(message.contains("blk.0.attn_output.weight"), message);
  }

  @Test
  void weightsAreMeansAndOneWhereNothingWasSeen() {
    ImportanceEntry entry = ImportanceEntry.of(new float[] {2, 4, 5, 0}, 4, 0);
    assertArrayEquals(new float[] {0.5f, 1, 1, 1}, entry.weights());
    assertEquals(1, entry.emptyParts());
  }

  @ParameterizedTest
  @ValueSource(strings = {"llama.gguf", "llama.dat"})
  void aFileCutAnywhereIsRefused(String name) throws IOException {
    byte[] whole = Goldens.bytes(name);
    Path file = folder.resolve("cut");
    // The last 16 bytes of the older form, chunks and text, may be missing.
    for (int length = 0; length < whole.length - 16; length += 1 + length / 40) {
      Files.write(file, Arrays.copyOf(whole, length));
      String message =
          assertThrows(ModelFormatException.class, () -> ImportanceMatrixFile.read(file))
              .getMessage();
      assertTrue(message.contains("cut"), message);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"llama.gguf", "llama.dat"})
  void changedBytesAreReadOrRefused(String name) throws IOException {
    byte[] whole = Goldens.bytes(name);
    RandomGenerator random = new Random(7);
    Path file = folder.resolve("changed");
    int refused = 0;
    for (int i = 0; i < 300; i++) {
      byte[] changed = whole.clone();
      int header = name.endsWith("gguf") ? 3000 : whole.length;
      for (int k = 0; k < 3; k++) {
        changed[random.nextInt(header)] = (byte) random.nextInt(256);
      }
      Files.write(file, changed);
      try {
        ImportanceMatrixFile.read(file);
      } catch (ModelFormatException e) {
        refused++;
      }
    }
    assertTrue(refused > 20, "refused " + refused);
  }

  @ParameterizedTest
  @CsvSource({"NaN, 4", "Infinity, 4", "-1, 4", "1, NaN", "1, -1", "1, 1e30"})
  void numbersThatCannotBeAreRefused(float sum, float count) throws IOException {
    Path file = folder.resolve("bad.gguf");
    new GgufWriter()
        .tensor("blk.0.x.weight.in_sum2", Tensor.ofFloats(Shape.of(2), 1, sum))
        .tensor("blk.0.x.weight.counts", Tensor.ofFloats(Shape.of(1), count))
        .write(file);
    String message =
        assertThrows(ModelFormatException.class, () -> ImportanceMatrixFile.read(file))
            .getMessage();
    assertTrue(message.contains("blk.0.x.weight"), message);
  }

  @Test
  void sumsWithoutCountsAndCountsWithoutSumsAreRefused() throws IOException {
    for (String suffix : List.of(".in_sum2", ".counts")) {
      Path file = folder.resolve("half.gguf");
      new GgufWriter()
          .tensor("blk.0.x.weight.in_sum2", Tensor.ofFloats(Shape.of(1), 1))
          .tensor("blk.0.x.weight.counts", Tensor.ofFloats(Shape.of(1), 1))
          .tensor("blk.0.y.weight" + suffix, Tensor.ofFloats(Shape.of(1), 1))
          .write(file);
      assertThrows(ModelFormatException.class, () -> ImportanceMatrixFile.read(file));
    }
  }

  @Test
  void aModelIsNoImportanceMatrix() throws IOException {
    Path file = folder.resolve("model.gguf");
    new GgufWriter().tensor("blk.0.x.weight", Tensor.ofFloats(Shape.of(1), 1)).write(file);
    String message =
        assertThrows(ModelFormatException.class, () -> ImportanceMatrixFile.read(file))
            .getMessage();
    assertTrue(message.contains("no importance matrix"), message);
  }

  @Test
  void aHugeAnnouncedSizeReservesNothing() throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(40).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putInt(Integer.MAX_VALUE).putInt(1).put((byte) 'x').putInt(1).putInt(Integer.MAX_VALUE);
    Path file = Files.write(folder.resolve("huge.dat"), bytes.array());
    String message =
        assertThrows(ModelFormatException.class, () -> ImportanceMatrixFile.read(file))
            .getMessage();
    assertTrue(message.contains("ends within the values of 'x'"), message);
  }

  @Test
  void aSingleCountJoinsSeveral() {
    ImportanceMatrix one = matrix(ImportanceEntry.of(new float[] {1, 2}, 3));
    ImportanceMatrix two = matrix(ImportanceEntry.of(new float[] {10, 20}, 5, 7));
    ImportanceEntry merged =
        ImportanceMatrix.merge(List.of(one, two), 4).entries().get("blk.0.x.weight");
    assertArrayEquals(new float[] {11, 22}, merged.sums());
    assertArrayEquals(new long[] {8, 10}, merged.counts());
  }

  private static ImportanceMatrix matrix(ImportanceEntry entry) {
    return new ImportanceMatrix(Map.of("blk.0.x.weight", entry), List.of(), 1, 4, false);
  }
}
