package dev.gatun.models.tokenizer;

/**
 * Text as code points with their classes: what splitting rules look at. Reused for the fragments of
 * one text.
 *
 * <p>A byte that belongs to no well-formed sequence is a code point of its own, {@link
 * Utf8#MALFORMED}, of U+FFFD's class: the text is split as if it were replaced, but its bytes are
 * kept.
 */
final class CodePoints {
  private int[] points = new int[0];
  private byte[] classes = new byte[0];
  private int length;

  /** Replaces the contents. */
  void decode(byte[] utf8, int from, int to) {
    if (points.length < to - from) {
      points = new int[to - from];
      classes = new byte[to - from];
    }
    byte[] basic = UnicodeData.basicPlane();
    int n = 0;
    for (int i = from; i < to; n++) {
      int cp = utf8[i];
      if (cp < 0) {
        cp = Utf8.codePoint(utf8, i, to);
      }
      points[n] = cp;
      if (cp >= 0 && cp < 0x10000) {
        classes[n] = basic[cp];
        i += cp < 0x80 ? 1 : cp < 0x800 ? 2 : 3;
      } else {
        classes[n] = (byte) UnicodeData.classOf(cp);
        i += Utf8.length(cp);
      }
    }
    length = n;
  }

  int length() {
    return length;
  }

  /** The code point at an index. */
  int at(int i) {
    return points[i];
  }

  /** The code point at an index, or {@link Utf8#MALFORMED} at the end of the piece. */
  int at(int i, int end) {
    return i < end ? points[i] : Utf8.MALFORMED;
  }

  /** Whether the code point before {@code end} has one of the classes of a mask. */
  boolean is(int i, int end, int mask) {
    return i < end && (classes[i] & mask) != 0;
  }

  /** Where the run of code points ends that have one of the classes of a mask. */
  int run(int i, int end, int mask) {
    while (i < end && (classes[i] & mask) != 0) {
      i++;
    }
    return i;
  }

  boolean isNewline(int i, int end) {
    return i < end && (points[i] == '\r' || points[i] == '\n');
  }
}
