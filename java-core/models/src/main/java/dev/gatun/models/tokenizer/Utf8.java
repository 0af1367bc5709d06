package dev.gatun.models.tokenizer;

import java.util.Arrays;

/** UTF-8 as RFC 3629 has it: shortest form, no surrogates, nothing above U+10FFFF. */
final class Utf8 {
  /** What {@link #codePoint} answers for a byte that starts no well-formed sequence. */
  static final int MALFORMED = -1;

  private Utf8() {}

  /** Encodes text; an unpaired surrogate becomes U+FFFD. */
  static byte[] encode(CharSequence text) {
    int n = text.length();
    ByteList out = new ByteList(n > Integer.MAX_VALUE / 2 ? n : n + (n >> 3) + 16);
    for (int i = 0; i < n; i++) {
      char c = text.charAt(i);
      if (c < 0x80) {
        out.add(c);
      } else if (!Character.isSurrogate(c)) {
        out.addCodePoint(c);
      } else if (Character.isHighSurrogate(c)
          && i + 1 < n
          && Character.isLowSurrogate(text.charAt(i + 1))) {
        out.addCodePoint(Character.toCodePoint(c, text.charAt(++i)));
      } else {
        out.addCodePoint(0xFFFD);
      }
    }
    return out.size() == out.array().length ? out.array() : Arrays.copyOf(out.array(), out.size());
  }

  /** How many bytes the sequence takes that starts with this byte; 1 where none starts. */
  static int length(byte lead) {
    int b = lead & 0xFF;
    if (b < 0xC2 || b > 0xF4) {
      return 1;
    }
    return b < 0xE0 ? 2 : b < 0xF0 ? 3 : 4;
  }

  /** How many bytes a code point takes; {@link #MALFORMED} is one byte. */
  static int length(int cp) {
    if (cp < 0x80) {
      return 1;
    }
    return cp < 0x800 ? 2 : cp < 0x10000 ? 3 : 4;
  }

  /** The code point that starts at {@code i}, or {@link #MALFORMED} for that one byte. */
  static int codePoint(byte[] b, int i, int end) {
    int lead = b[i];
    if (lead >= 0) {
      return lead;
    }
    lead &= 0xFF;
    if (lead < 0xC2 || lead > 0xF4) {
      return MALFORMED;
    }
    if (lead < 0xE0) {
      return continues(b, i + 1, end) ? (lead & 0x1F) << 6 | (b[i + 1] & 0x3F) : MALFORMED;
    }
    if (!continues(b, i + 1, end) || !continues(b, i + 2, end)) {
      return MALFORMED;
    }
    if (lead < 0xF0) {
      int cp = (lead & 0x0F) << 12 | (b[i + 1] & 0x3F) << 6 | (b[i + 2] & 0x3F);
      return cp < 0x800 || (cp >= 0xD800 && cp < 0xE000) ? MALFORMED : cp;
    }
    if (!continues(b, i + 3, end)) {
      return MALFORMED;
    }
    int cp =
        (lead & 0x07) << 18 | (b[i + 1] & 0x3F) << 12 | (b[i + 2] & 0x3F) << 6 | (b[i + 3] & 0x3F);
    return cp < 0x10000 || cp > 0x10FFFF ? MALFORMED : cp;
  }

  /**
   * Decodes text. Each maximal part of a sequence that breaks off, and each other byte that belongs
   * to none, becomes one U+FFFD (Unicode 15, section 3.9; the JDK takes larger parts for
   * surrogates, which would make the text depend on where a stream of bytes is cut).
   */
  static String decode(byte[] b, int from, int to) {
    StringBuilder text = new StringBuilder(to - from);
    for (int i = from; i < to; ) {
      int cp = codePoint(b, i, to);
      if (cp >= 0) {
        text.appendCodePoint(cp);
        i += length(cp);
      } else {
        text.append('\uFFFD');
        i = endOfBroken(b, i, to);
      }
    }
    return text.toString();
  }

  /** The end of the part of a sequence that could have gone on; at least one byte. */
  private static int endOfBroken(byte[] b, int start, int to) {
    int length = length(b[start]);
    int end = start + 1;
    while (end < start + length && continues(b, end, to) && plausible(b, start, end + 1)) {
      end++;
    }
    return end;
  }

  /**
   * Where the last sequence starts that is well-formed so far but unfinished at {@code end}; {@code
   * end} where there is none.
   */
  static int incompleteTail(byte[] b, int from, int end) {
    for (int back = 1; back <= 3 && end - back >= from; back++) {
      int lead = b[end - back] & 0xFF;
      if (lead >= 0xC2 && lead <= 0xF4) {
        return length((byte) lead) > back && plausible(b, end - back, end) ? end - back : end;
      }
      if ((lead & 0xC0) != 0x80) {
        return end;
      }
    }
    return end;
  }

  /** The second byte rules out overlong forms, surrogates and code points above U+10FFFF. */
  private static boolean plausible(byte[] b, int start, int end) {
    if (end - start < 2) {
      return true;
    }
    int second = b[start + 1] & 0xFF;
    return switch (b[start] & 0xFF) {
      case 0xE0 -> second >= 0xA0;
      case 0xED -> second < 0xA0;
      case 0xF0 -> second >= 0x90;
      case 0xF4 -> second < 0x90;
      default -> true;
    };
  }

  private static boolean continues(byte[] b, int i, int end) {
    return i < end && (b[i] & 0xC0) == 0x80;
  }
}
