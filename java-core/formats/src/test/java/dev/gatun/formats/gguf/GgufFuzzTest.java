package dev.gatun.formats.gguf;

import static org.junit.jupiter.api.Assertions.assertTimeout;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.formats.ModelFormatException;
import dev.gatun.formats.TestData;
import dev.gatun.graph.Metadata;
import dev.gatun.tensor.BlockFormat;
import dev.gatun.tensor.Tensor;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Damaged files: whatever is done to one, it either opens and can be read completely, or throws
 * {@link ModelFormatException}. Seeds are fixed.
 */
class GgufFuzzTest {
  /** How many times the usual rounds are made; {@code scripts/test --all} sets it. */
  private static final int EFFORT = Integer.getInteger("gatun.test.effort", 1);

  private static byte[] model;
  private static int headerSize;

  @BeforeAll
  static void read() throws IOException {
    Path path = TestData.resource("gguf/all-types.gguf");
    model = Files.readAllBytes(path);
    try (GgufFile file = GgufFile.open(path)) {
      String first = file.tensorNames().iterator().next();
      MemorySegment data = file.tensor(first).orElseThrow().data();
      headerSize = (int) (model.length - wholeFrom(file, data));
    }
    assertTrue(headerSize > 1000 && headerSize < model.length, "header of " + headerSize);
  }

  private static long wholeFrom(GgufFile file, MemorySegment first) {
    long last = 0;
    for (String name : file.tensorNames()) {
      MemorySegment data = file.tensor(name).orElseThrow().data();
      last = Math.max(last, data.address() + HeaderParser.roundUp(data.byteSize(), 32));
    }
    return last - first.address();
  }

  @Test
  void truncatedAnywhere() {
    for (int length = 0; length < model.length; length += length < headerSize ? 1 : 97) {
      boolean opened = open(Arrays.copyOf(model, length));
      // Only the padding behind the last tensor may be missing.
      assertTrue(!opened || length > model.length - 32, "opened at " + length);
    }
  }

  @Test
  void everyBitOfTheHeaderFlipped() {
    int opened = 0;
    for (int bit = 0; bit < 8 * headerSize; bit++) {
      byte[] bytes = model.clone();
      bytes[bit / 8] ^= (byte) (1 << (bit % 8));
      opened += open(bytes) ? 1 : 0;
    }
    assertTrue(opened > 0 && opened < 8 * headerSize, opened + " opened");
  }

  @Test
  void everyEightBytesOfTheHeaderReplacedByExtremes() {
    long[] extremes = {
      0, 1, -1, 255, 65536, Integer.MAX_VALUE, 1L << 32, 1L << 61, Long.MAX_VALUE, Long.MIN_VALUE
    };
    for (int at = 0; at < headerSize - 8; at++) {
      for (long extreme : extremes) {
        byte[] bytes = model.clone();
        for (int i = 0; i < 8; i++) {
          bytes[at + i] = (byte) (extreme >> (8 * i));
        }
        open(bytes);
      }
    }
  }

  @Test
  void randomMutations() {
    SplittableRandom random = new SplittableRandom(20260101);
    for (int round = 0; round < 20_000 * EFFORT; round++) {
      byte[] bytes = model.clone();
      for (int edits = random.nextInt(1, 6); edits > 0; edits--) {
        int at = random.nextInt(headerSize);
        switch (random.nextInt(3)) {
          case 0 -> bytes[at] = (byte) random.nextInt();
          case 1 -> {
            int length = random.nextInt(Math.min(64, bytes.length - at));
            System.arraycopy(model, random.nextInt(headerSize - 64), bytes, at, length);
          }
          default -> {
            int cut = random.nextInt(16);
            System.arraycopy(bytes, at + cut, bytes, at, bytes.length - at - cut);
          }
        }
      }
      open(bytes);
    }
  }

  @Test
  void randomBytesAfterTheMagic() {
    SplittableRandom random = new SplittableRandom(7);
    for (int round = 0; round < 2_000 * EFFORT; round++) {
      byte[] bytes = new byte[random.nextInt(24, 4096)];
      random.nextBytes(bytes);
      System.arraycopy(model, 0, bytes, 0, 8);
      // Small counts, so that parsing goes on.
      Arrays.fill(bytes, 9, 16, (byte) 0);
      Arrays.fill(bytes, 17, 24, (byte) 0);
      open(bytes);
    }
  }

  /** Opens and reads everything; false when the file was refused. */
  private static boolean open(byte[] bytes) {
    return assertTimeout(
        Duration.ofSeconds(10),
        () -> {
          try {
            GgufPart part =
                new HeaderParser("fuzz", MemorySegment.ofArray(bytes).asReadOnly(), 0)
                    .parse(Path.of("fuzz"), null);
            readAll(part);
            return true;
          } catch (ModelFormatException e) {
            assertTrue(e.getMessage().startsWith("fuzz: "), e.getMessage());
            return false;
          }
        });
  }

  private static void readAll(GgufPart part) {
    Metadata metadata = part.metadata();
    for (String key : metadata.keys()) {
      Object value = metadata.value(key).orElseThrow();
      if (value instanceof List<?> list) {
        assertTrue(list.stream().allMatch(Objects::nonNull));
      }
    }
    for (GgufPart.TensorEntry entry : part.tensors()) {
      MemorySegment data = part.data().asSlice(entry.offset(), entry.size());
      Tensor tensor = new Tensor(entry.info().dtype(), entry.info().shape(), data);
      if (tensor.rows() > 0 && tensor.shape().rowLength() < 10_000) {
        float[] row = new float[(int) tensor.shape().rowLength()];
        BlockFormat.of(tensor.dtype()).decode(tensor.data(), 0, row, 0, row.length);
      }
    }
  }
}
