package dev.gatun.models.tokenizer;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;

/**
 * The properties of code points that tokenizers look at, from Unicode 15.1.
 *
 * <p>A table of our own rather than {@link Character}: which pieces a text is split into must not
 * change with the JDK, and models are trained with, and llama.cpp carries, 15.1. A test compares
 * the table with the JDK's for every code point that both know.
 */
final class UnicodeData {
  // One bit per class, so that a rule is a mask. A code point has exactly one.
  static final int UNDEFINED = 1;
  static final int NUMBER = 2;
  static final int LETTER = 4;

  /** Unicode's White_Space property: all separators and seven control characters. */
  static final int WHITESPACE = 8;

  static final int MARK = 16;
  static final int PUNCTUATION = 32;
  static final int SYMBOL = 64;

  /** Control, format, surrogate and private-use code points, less the white space among them. */
  static final int CONTROL = 128;

  private static final String RESOURCE = "unicode-15.1.bin";

  private UnicodeData() {}

  /** The class of a code point, as a bit; that of U+FFFD for {@link Utf8#MALFORMED}. */
  static int classOf(int cp) {
    Classes t = Classes.TABLE;
    if (cp < 0) {
      return SYMBOL;
    }
    if (cp < t.basic.length) {
      return t.basic[cp] & 0xFF;
    }
    int i = Arrays.binarySearch(t.starts, cp);
    return t.bits[i < 0 ? -i - 2 : i] & 0xFF;
  }

  /** The classes of U+0000 to U+FFFF, to read in place. */
  static byte[] basicPlane() {
    return Classes.TABLE.basic;
  }

  /** Simple lower case mapping; the code point itself where it has none. */
  static int lowercase(int cp) {
    Mappings m = Mappings.TABLE;
    int i = floor(m.lowerStart, cp);
    if (i < 0) {
      return cp;
    }
    int distance = cp - m.lowerStart[i];
    int step = m.lowerStep[i];
    return distance < m.lowerCount[i] * step && distance % step == 0 ? cp + m.lowerDelta[i] : cp;
  }

  /** The first code point of the canonical decomposition; the code point itself without one. */
  static int decompositionBase(int cp) {
    Mappings m = Mappings.TABLE;
    int i = floor(m.baseStart, cp);
    return i >= 0 && cp <= m.baseLast[i] ? m.base[i] : cp;
  }

  private static int floor(int[] sorted, int cp) {
    int i = Arrays.binarySearch(sorted, cp);
    return i < 0 ? -i - 2 : i;
  }

  /** Loaded by the first tokenizer that splits by class. */
  private static final class Classes {
    static final Classes TABLE = new Classes(new Reader(RESOURCE));
    final byte[] basic = new byte[0x10000];
    final int[] starts;
    final byte[] bits;

    private Classes(Reader in) {
      int n = in.varint();
      starts = new int[n];
      bits = new byte[n];
      int at = 0;
      for (int i = 0; i < n; i++) {
        int packed = in.varint();
        int end = at + (packed >>> 3);
        starts[i] = at;
        bits[i] = (byte) (1 << (packed & 7));
        if (at < basic.length) {
          Arrays.fill(basic, at, Math.min(end, basic.length), bits[i]);
        }
        at = end;
      }
    }
  }

  /** Loaded by the first WordPiece tokenizer. */
  private static final class Mappings {
    static final Mappings TABLE = new Mappings(new Reader(RESOURCE));
    final int[] lowerStart;
    final int[] lowerCount;
    final int[] lowerStep;
    final int[] lowerDelta;
    final int[] baseStart;
    final int[] baseLast;
    final int[] base;

    private Mappings(Reader in) {
      for (int n = in.varint(); n > 0; n--) {
        in.varint();
      }
      int n = in.varint();
      lowerStart = new int[n];
      lowerCount = new int[n];
      lowerStep = new int[n];
      lowerDelta = new int[n];
      for (int i = 0, at = 0; i < n; i++) {
        at += in.varint();
        int packed = in.varint();
        lowerStart[i] = at;
        lowerCount[i] = packed >>> 1;
        lowerStep[i] = (packed & 1) + 1;
        lowerDelta[i] = in.signed();
      }
      n = in.varint();
      baseStart = new int[n];
      baseLast = new int[n];
      base = new int[n];
      for (int i = 0, at = 0; i < n; i++) {
        at += in.varint();
        baseStart[i] = at;
        baseLast[i] = at + in.varint();
        base[i] = at - in.signed();
      }
    }
  }

  /** Little-endian base-128 numbers; signed ones are zigzag-coded. */
  private static final class Reader {
    private final byte[] data;
    private int at;

    Reader(String resource) {
      try (InputStream in = UnicodeData.class.getResourceAsStream(resource)) {
        if (in == null) {
          throw new IllegalStateException(resource + " is missing from the Gatun models jar");
        }
        data = in.readAllBytes();
      } catch (IOException e) {
        throw new UncheckedIOException(resource, e);
      }
    }

    int varint() {
      int value = 0;
      for (int shift = 0; ; shift += 7) {
        int b = data[at++];
        value |= (b & 0x7F) << shift;
        if (b >= 0) {
          return value;
        }
      }
    }

    int signed() {
      int v = varint();
      return v >>> 1 ^ -(v & 1);
    }
  }
}
