package dev.gatun.models.tokenizer;

import java.util.Arrays;

/** Tokens that stand for one byte, spelled {@code <0x0A>}. */
final class ByteTokens {
  private static final String HEX = "0123456789ABCDEF";

  private ByteTokens() {}

  /** The ids of the 256 bytes; NONE where a byte has no token. */
  static int[] find(TokenTable tokens) {
    int[] ids = new int[256];
    byte[] text = {'<', '0', 'x', 0, 0, '>'};
    for (int b = 0; b < 256; b++) {
      text[3] = (byte) HEX.charAt(b >> 4);
      text[4] = (byte) HEX.charAt(b & 15);
      ids[b] = tokens.find(text, 0, text.length);
    }
    return ids;
  }

  /** The byte of a token spelled like that, or -1. */
  static int byteOf(TokenTable tokens, int id) {
    byte[] b = tokens.bytes();
    int at = tokens.start(id);
    if (tokens.end(id) - at != 6
        || !Arrays.equals(b, at, at + 3, new byte[] {'<', '0', 'x'}, 0, 3)
        || b[at + 5] != '>') {
      return -1;
    }
    int high = Character.digit(b[at + 3], 16);
    int low = Character.digit(b[at + 4], 16);
    return (high | low) < 0 ? -1 : high << 4 | low;
  }
}
