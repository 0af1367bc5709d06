package dev.gatun.formats.safetensors;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTimeout;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.formats.ModelFormatException;
import dev.gatun.formats.TestData;
import dev.gatun.tensor.Tensor;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Damaged files: whatever is done to one, its header is either read and every tensor lies inside
 * the file, or {@link ModelFormatException} is thrown. Seeds are fixed.
 */
class SafetensorsFuzzTest {
  /** How many times the usual rounds are made; {@code scripts/test --all} sets it. */
  private static final int EFFORT = Integer.getInteger("gatun.test.effort", 1);

  private static final String[] WORDS = {
    "\"",
    "{",
    "}",
    "[",
    "]",
    ":",
    ",",
    "-1",
    "0",
    "1e9",
    "9223372036854775807",
    "18446744073709551616",
    "null",
    "true",
    "\"dtype\"",
    "\"shape\"",
    "\"data_offsets\"",
    "\"F32\"",
    "\"BF16\"",
    "\\u0000",
    "\"__metadata__\"",
    "[[[[[[[[[[",
    "{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":"
  };

  private static byte[] model;
  private static int header;

  @BeforeAll
  static void read() throws IOException {
    model = Files.readAllBytes(TestData.resource("safetensors/all-types.safetensors"));
    header = 8 + (model[0] & 0xff) + 256 * (model[1] & 0xff);
    assertTrue(open(model));
  }

  @Test
  void truncatedAnywhere() {
    for (int length = 0; length < model.length; length++) {
      assertFalse(open(Arrays.copyOf(model, length)), "opened at " + length);
    }
  }

  @Test
  void everyBitOfTheHeaderFlipped() {
    int opened = 0;
    for (int bit = 0; bit < 8 * header; bit++) {
      byte[] bytes = model.clone();
      bytes[bit / 8] ^= (byte) (1 << (bit % 8));
      opened += open(bytes) ? 1 : 0;
    }
    assertTrue(opened > 0 && opened < 4 * header, opened + " opened");
  }

  @Test
  void randomMutations() {
    SplittableRandom random = new SplittableRandom(20260102);
    for (int round = 0; round < 20_000 * EFFORT; round++) {
      byte[] bytes = model.clone();
      for (int edits = random.nextInt(1, 6); edits > 0; edits--) {
        int at = random.nextInt(header);
        switch (random.nextInt(3)) {
          case 0 -> bytes[at] = (byte) random.nextInt();
          case 1 -> {
            byte[] word = WORDS[random.nextInt(WORDS.length)].getBytes(StandardCharsets.UTF_8);
            System.arraycopy(word, 0, bytes, at, Math.min(word.length, bytes.length - at));
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

  /** Parses and reads everything; false when the file was refused. */
  private static boolean open(byte[] bytes) {
    return assertTimeout(
        Duration.ofSeconds(10),
        () -> {
          MemorySegment data = MemorySegment.ofArray(bytes).asReadOnly();
          try {
            for (SafetensorsPart.Entry entry : SafetensorsHeader.parse("fuzz", data).tensors()) {
              MemorySegment range = data.asSlice(entry.offset(), entry.size());
              new Tensor(entry.info().dtype(), entry.info().shape(), range).toFloats();
            }
            return true;
          } catch (ModelFormatException e) {
            assertTrue(e.getMessage().startsWith("fuzz: "), e.getMessage());
            return false;
          }
        });
  }
}
