package dev.gatun.models.tokenizer;

import java.util.Arrays;

/**
 * GPT-2's stand-ins for bytes: printable Latin-1 characters stand for themselves, the other 68
 * bytes for U+0100 and on, so that every byte is a visible character.
 */
final class ByteAlphabet {
  private static final char[] CHARACTERS = characters();
  private static final short[] BYTES = bytes();

  private ByteAlphabet() {}

  /** The character that stands for a byte. */
  static char character(int b) {
    return CHARACTERS[b & 0xFF];
  }

  /** The byte that a character stands for, or -1. */
  static int byteOf(int cp) {
    return cp >= 0 && cp < BYTES.length ? BYTES[cp] : -1;
  }

  /**
   * Appends the bytes that a text of stand-ins stands for. A text with any other character is not
   * one of stand-ins and appended as it is.
   */
  static void decode(byte[] text, int from, int to, ByteList out) {
    int before = out.size();
    for (int i = from; i < to; ) {
      int cp = Utf8.codePoint(text, i, to);
      int b = byteOf(cp);
      if (b < 0) {
        out.truncate(before);
        out.add(text, from, to);
        return;
      }
      out.add(b);
      i += Utf8.length(cp);
    }
  }

  private static char[] characters() {
    char[] characters = new char[256];
    char standIn = 256;
    for (int b = 0; b < 256; b++) {
      boolean visible = (b > ' ' && b <= '~') || (b >= 0xA1 && b != 0xAD);
      characters[b] = visible ? (char) b : standIn++;
    }
    return characters;
  }

  private static short[] bytes() {
    short[] bytes = new short[256 + 68];
    Arrays.fill(bytes, (short) -1);
    for (int b = 0; b < 256; b++) {
      bytes[CHARACTERS[b]] = (short) b;
    }
    return bytes;
  }
}
