package dev.gatun.models.tokenizer;

/**
 * SentencePiece's visible space, U+2581, in UTF-8: escaping, and where text may be cut before it.
 *
 * <p>Where no token has some character followed by a visible space inside, no merge ever crosses
 * between the two, and both sides can be merged apart: words instead of whole texts.
 */
final class Spaces {
  private static final byte B0 = (byte) 0xE2;
  private static final byte B1 = (byte) 0x96;
  private static final byte B2 = (byte) 0x81;

  /** Last bytes of characters that some token has in front of a visible space. */
  private final boolean[] bridged = new boolean[256];

  Spaces(TokenTable tokens) {
    byte[] b = tokens.bytes();
    for (int id = 0; id < tokens.size(); id++) {
      int end = tokens.end(id);
      for (int i = tokens.start(id) + 1; i + 2 < end; i++) {
        if (isSpace(b, i, end) && !endsInSpace(b, tokens.start(id), i)) {
          bridged[b[i - 1] & 0xFF] = true;
        }
      }
    }
  }

  /** The next place in {@code (from, to]} where text may be cut; {@code to} at the latest. */
  int nextCut(byte[] b, int from, int to) {
    for (int i = from + 1; i + 2 < to; i++) {
      if (isSpace(b, i, to) && !bridged[b[i - 1] & 0xFF] && !endsInSpace(b, from, i)) {
        return i;
      }
    }
    return to;
  }

  /** Appends text with spaces made visible. */
  static void escape(byte[] text, int from, int to, ByteList out) {
    int start = from;
    for (int i = from; i < to; i++) {
      if (text[i] == ' ') {
        out.add(text, start, i);
        add(out);
        start = i + 1;
      }
    }
    out.add(text, start, to);
  }

  /** Appends text with visible spaces made spaces. */
  static void unescape(byte[] text, int from, int to, ByteList out) {
    for (int i = from; i < to; i++) {
      if (isSpace(text, i, to)) {
        out.add(' ');
        i += 2;
      } else {
        out.add(text[i]);
      }
    }
  }

  /** Appends one visible space. */
  static void add(ByteList out) {
    out.add(B0);
    out.add(B1);
    out.add(B2);
  }

  private static boolean isSpace(byte[] b, int i, int end) {
    return b[i] == B0 && i + 2 < end && b[i + 1] == B1 && b[i + 2] == B2;
  }

  private static boolean endsInSpace(byte[] b, int from, int end) {
    return end - from >= 3 && b[end - 3] == B0 && b[end - 2] == B1 && b[end - 1] == B2;
  }
}
