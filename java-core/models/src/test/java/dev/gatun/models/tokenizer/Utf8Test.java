package dev.gatun.models.tokenizer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class Utf8Test {
  @Test
  void encodesLikeTheJdk() {
    StringBuilder all = new StringBuilder();
    for (int cp = 0; cp <= Character.MAX_CODE_POINT; cp += cp < 0x3000 ? 1 : 37) {
      if (cp < 0xD800 || cp > 0xDFFF) {
        all.appendCodePoint(cp);
      }
    }
    byte[] expected = all.toString().getBytes(StandardCharsets.UTF_8);
    assertArrayEquals(expected, Utf8.encode(all));
  }

  @Test
  void unpairedSurrogatesAreReplaced() {
    String text = "a\uD800b\uDC00\uDC00\uD83D\uDE00\uD83D";
    assertEquals(
        "a\uFFFDb\uFFFD\uFFFD\uD83D\uDE00\uFFFD",
        new String(Utf8.encode(text), StandardCharsets.UTF_8));
  }

  /** The JDK replaces exactly what we call malformed, if in larger units. */
  @Test
  void decodesWhatTheJdkDecodes() {
    Random random = new Random(7);
    for (int round = 0; round < 20_000; round++) {
      byte[] b = randomBytes(random, 1 + random.nextInt(6));
      assertEquals(
          new String(b, StandardCharsets.UTF_8).replaceAll("\uFFFD+", "\uFFFD"),
          Utf8.decode(b, 0, b.length).replaceAll("\uFFFD+", "\uFFFD"));
    }
  }

  /** Cases of the Unicode standard's tables on U+FFFD substitution, and Python's results. */
  @Test
  void brokenSequencesAreReplacedByTheirMaximalParts() {
    assertDecoded("\uFFFD".repeat(8) + "A", 0xC0, 0xAF, 0xE0, 0x80, 0xBF, 0xF0, 0x81, 0x82, 'A');
    assertDecoded("\uFFFD".repeat(8) + "A", 0xED, 0xA0, 0x80, 0xED, 0xBF, 0xBF, 0xED, 0xAF, 'A');
    assertDecoded(
        "\uFFFD".repeat(6) + "A\uFFFDB", 0xF4, 0x91, 0x92, 0x93, 0xFF, 0x41 + 0x80, 'A', 0xBF, 'B');
    assertDecoded("\uFFFD".repeat(4) + "A", 0xE1, 0x80, 0xE2, 0xF0, 0x91, 0x92, 0xF1, 0xBF, 'A');
    assertDecoded("a\uFFFD", 'a', 0xF0, 0x9F, 0x98);
  }

  private static void assertDecoded(String expected, int... bytes) {
    byte[] b = new byte[bytes.length];
    for (int i = 0; i < b.length; i++) {
      b[i] = (byte) bytes[i];
    }
    assertEquals(expected, Utf8.decode(b, 0, b.length));
  }

  /** Whatever is held back becomes text with the right continuation, and nothing else is. */
  @Test
  void incompleteTailIsWhatCanStillBecomeText() {
    Random random = new Random(8);
    for (int round = 0; round < 20_000; round++) {
      byte[] b = randomBytes(random, 1 + random.nextInt(5));
      assertEquals(expectedTail(b), Utf8.incompleteTail(b, 0, b.length));
    }
  }

  private static int expectedTail(byte[] b) {
    for (int start = Math.max(0, b.length - 3); start < b.length; start++) {
      for (int second = 0x80; second < 0xC0; second++) {
        byte[] tail = new byte[4];
        Arrays.fill(tail, (byte) 0x80);
        tail[1] = (byte) second;
        System.arraycopy(b, start, tail, 0, b.length - start);
        int cp = Utf8.codePoint(tail, 0, 4);
        if (cp != Utf8.MALFORMED && Utf8.length(cp) > b.length - start) {
          return start;
        }
      }
    }
    return b.length;
  }

  private static byte[] randomBytes(Random random, int length) {
    int[] leads = {
      0x20, 0x7F, 0x80, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC2, 0xDF, 0xE0, 0xE2, 0xED, 0xEF
    };
    int[] more = {0xF0, 0xF1, 0xF4, 0xF5, 0xFF, 0x80, 0x8F};
    byte[] b = new byte[length];
    for (int i = 0; i < length; i++) {
      int k = random.nextInt(leads.length + more.length);
      b[i] = (byte) (k < leads.length ? leads[k] : more[k - leads.length]);
    }
    return b;
  }
}
