package dev.gatun.quantize.validate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.formats.ModelFormatException;
import dev.gatun.models.eval.Divergence;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogitsFileTest {
  @TempDir Path folder;

  private static byte[] golden() throws IOException {
    try (InputStream in = LogitsFileTest.class.getResourceAsStream("linear.logits")) {
      return in.readAllBytes();
    }
  }

  @Test
  void whatIsReadIsWrittenWithTheSameBytes() throws IOException {
    Path file = Files.write(folder.resolve("in"), golden());
    Path copy = folder.resolve("out");
    try (var reader = new LogitsFile.Reader(file)) {
      assertEquals(64, reader.window());
      assertEquals(320, reader.vocabulary());
      var text = new Divergence.Text(reader.tokens(), reader.window(), OptionalInt.empty(), 8);
      assertEquals(4, text.windows());
      try (var writer = new LogitsFile.Writer(copy, text, reader.vocabulary())) {
        for (int i = 0; i < text.windows() * text.scored(); i++) {
          writer.accept(reader.next());
        }
        assertFalse(Files.exists(copy));
        writer.finish();
      }
      assertThrows(ModelFormatException.class, reader::next);
    }
    assertArrayEquals(golden(), Files.readAllBytes(copy));
  }

  @Test
  void anUnfinishedFileLeavesNothing() throws IOException {
    var text = new Divergence.Text(new int[8], 8, OptionalInt.empty(), 8);
    try (var writer = new LogitsFile.Writer(folder.resolve("out"), text, 3)) {
      assertThrows(IllegalStateException.class, writer::finish);
    }
    try (var files = Files.list(folder)) {
      assertEquals(0, files.count());
    }
  }

  @Test
  void damagedFilesAreRefused() throws IOException {
    byte[] whole = golden();
    refused(new byte[0], "does not begin with _logits_");
    refused(Arrays.copyOf(whole, 19), "does not begin with _logits_");
    refused(Arrays.copyOf(whole, 1000), "too few for 4 windows");
    refused(Arrays.copyOf(whole, whole.length - 1), "too few for 4 windows");
    refused(changed(whole, 0, 0), "does not begin with _logits_");
    refused(changed(whole, 8, 3), "windows of 3 tokens");
    refused(changed(whole, 8, -1), "windows of -1 tokens");
    refused(changed(whole, 8, Integer.MAX_VALUE), "windows of 2147483647 tokens");
    refused(changed(whole, 12, 0), "vocabulary of 0");
    refused(changed(whole, 12, 1 << 24), "too few for 4 windows");
    refused(changed(whole, 16, Integer.MAX_VALUE), "too few for 2147483647 windows");
    refused(changed(whole, 16, -4), "announces -4 windows");
    refused(changed(whole, 20, 320), "has the token 320 in a vocabulary of 320");
    refused(changed(whole, 24, -1), "has the token -1");
  }

  private static byte[] changed(byte[] whole, int at, int value) {
    byte[] changed = whole.clone();
    ByteBuffer.wrap(changed).order(ByteOrder.LITTLE_ENDIAN).putInt(at, value);
    return changed;
  }

  private void refused(byte[] bytes, String why) throws IOException {
    Path file = Files.write(folder.resolve("damaged"), bytes);
    String message =
        assertThrows(ModelFormatException.class, () -> new LogitsFile.Reader(file).close())
            .getMessage();
    assertTrue(message.contains(why), message);
  }
}
