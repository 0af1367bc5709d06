package dev.gatun.formats.tokenizer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.formats.ModelFormatException;
import dev.gatun.formats.tokenizer.SentencePieceModel.Piece;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/**
 * The protocol buffer of tokenizer.model, and damaged ones. That real files are read right is
 * tested by conversions ({@code quantize}), whose goldens come from outside.
 */
class SentencePieceModelTest {
  private static final byte[] MODEL = model();

  @Test
  void readsPiecesAndSettings() {
    SentencePieceModel model = SentencePieceModel.parse("m", MODEL);
    assertEquals(
        List.of(new Piece("<unk>", 0, 2), new Piece("\u2581the", -1.5f, 1)), model.pieces());
    assertTrue(model.bytePair());
    assertFalse(model.spacePrefix());
  }

  @Test
  void settingsThatAreNotThereHaveTheirDefaults() {
    // The first piece alone.
    SentencePieceModel model = SentencePieceModel.parse("m", Arrays.copyOf(MODEL, 16));
    assertEquals(1, model.pieces().size());
    assertFalse(model.bytePair());
    assertTrue(model.spacePrefix());
  }

  @Test
  void damagedFilesAreRefused() {
    SplittableRandom random = new SplittableRandom(20260103);
    int refused = 0;
    for (int round = 0; round < 20_000; round++) {
      byte[] bytes = Arrays.copyOf(MODEL, random.nextInt(1, MODEL.length + 1));
      for (int edits = random.nextInt(4); edits > 0; edits--) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
      }
      try {
        SentencePieceModel.parse("fuzz", bytes);
      } catch (ModelFormatException e) {
        assertTrue(e.getMessage().startsWith("fuzz: "), e.getMessage());
        refused++;
      }
    }
    assertTrue(refused > 1000 && refused < 20_000, refused + " refused");
    assertThrows(ModelFormatException.class, () -> SentencePieceModel.parse("empty", new byte[0]));
  }

  private static byte[] model() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    message(out, 0x0a, piece("<unk>", 0, 2));
    message(out, 0x0a, piece("\u2581the", -1.5f, 1));
    message(out, 0x12, new byte[] {0x18, 2, 0x0a, 1, 'x', 0x20, (byte) 0x80, 1});
    message(out, 0x1a, new byte[] {0x18, 0, 0x25, 1, 2, 3, 4, 0x29, 1, 2, 3, 4, 5, 6, 7, 8});
    return out.toByteArray();
  }

  private static byte[] piece(String text, float score, int kind) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    message(out, 0x0a, text.getBytes(StandardCharsets.UTF_8));
    out.write(0x15);
    int bits = Float.floatToRawIntBits(score);
    for (int i = 0; i < 4; i++) {
      out.write(bits >> (8 * i));
    }
    out.write(0x18);
    out.write(kind);
    return out.toByteArray();
  }

  private static void message(ByteArrayOutputStream out, int tag, byte[] content) {
    out.write(tag);
    out.write(content.length);
    out.write(content, 0, content.length);
  }
}
