package dev.gatun.models.tokenizer;

import java.util.List;

/**
 * Byte-pair encoding after splitting: GPT-2's, on bytes, or Gemma 4's, on code points with visible
 * spaces.
 *
 * <p>A symbol that is no token, because a vocabulary lacks a byte, is left out of the output (byte
 * level) or written as byte tokens where there are any (code points), like in llama.cpp.
 */
final class BpeEncoder implements Encoder {
  private final TokenTable tokens;
  private final MergeTable merges;
  private final PreTokenization habits;
  private final List<SplitRule> rules;
  private final Spaces spaces;

  /** Single-byte symbols: all bytes, or ASCII. */
  private final int[] symbolIds;

  /** Tokens of the form {@code <0x0A>}; NONE where there is none. */
  private final int[] byteIds;

  BpeEncoder(TokenTable tokens, MergeTable merges, PreTokenization habits) {
    this.tokens = tokens;
    this.merges = merges;
    this.habits = habits;
    this.rules = habits.splitter().rules();
    this.spaces = habits.escapeSpaces() ? new Spaces(tokens) : null;
    this.symbolIds = habits.byteLevel() ? byteSymbols(tokens) : asciiSymbols(tokens);
    this.byteIds = habits.byteLevel() ? new int[0] : ByteTokens.find(tokens);
  }

  @Override
  public Encoder.Session session() {
    return new Session();
  }

  private static int[] byteSymbols(TokenTable tokens) {
    int[] ids = new int[256];
    ByteList text = new ByteList(4);
    for (int b = 0; b < 256; b++) {
      text.clear();
      text.addCodePoint(ByteAlphabet.character(b));
      ids[b] = tokens.find(text.array(), 0, text.size());
    }
    return ids;
  }

  private static int[] asciiSymbols(TokenTable tokens) {
    int[] ids = new int[128];
    byte[] text = new byte[1];
    for (int b = 0; b < 128; b++) {
      text[0] = (byte) b;
      ids[b] = tokens.find(text, 0, 1);
    }
    return ids;
  }

  private final class Session implements Encoder.Session {
    private final CodePoints points = new CodePoints();
    private final ByteList scratch = new ByteList(64);
    private IntList ends = new IntList(64);
    private IntList finerEnds = new IntList(64);
    private final PairMerger merger =
        new PairMerger() {
          @Override
          long value(int left, int right, int start, int end) {
            int rank = merges.rank(left, right);
            return rank == MergeTable.NO_MERGE ? NONE : (long) rank << 32 | merges.merged(rank);
          }
        };

    @Override
    public void encode(byte[] text, int from, int to, boolean afterSpecial, IntList out) {
      if (habits.escapeSpaces()) {
        scratch.clear();
        Spaces.escape(text, from, to, scratch);
        encodePieces(scratch.array(), 0, scratch.size(), out);
      } else {
        encodePieces(text, from, to, out);
      }
    }

    private void encodePieces(byte[] text, int from, int to, IntList out) {
      points.decode(text, from, to);
      split();
      boolean ascii = points.length() == to - from;
      int at = from;
      for (int piece = 0, point = 0; piece < ends.size(); piece++) {
        int end = ends.get(piece);
        int pieceEnd = at;
        if (ascii) {
          pieceEnd += end - point;
        } else {
          for (int i = point; i < end; i++) {
            pieceEnd += Utf8.length(points.at(i));
          }
        }
        if (habits.byteLevel()) {
          encodeBytes(text, at, pieceEnd, out);
        } else {
          encodeCharacters(text, at, pieceEnd, out);
        }
        at = pieceEnd;
        point = end;
      }
    }

    private void split() {
      ends.clear();
      ends.add(points.length());
      for (SplitRule rule : rules) {
        finerEnds.clear();
        for (int i = 0, from = 0; i < ends.size(); i++) {
          rule.split(points, from, ends.get(i), finerEnds);
          from = ends.get(i);
        }
        IntList swapped = ends;
        ends = finerEnds;
        finerEnds = swapped;
      }
    }

    private void encodeBytes(byte[] text, int from, int to, IntList out) {
      int n = to - from;
      if (habits.ignoreMerges()) {
        int id = findPiece(text, from, to);
        if (id >= 0) {
          out.add(id);
          return;
        }
      }
      merger.reserve(n);
      int[] ids = merger.ids;
      int[] starts = merger.starts;
      for (int i = 0; i < n; i++) {
        ids[i] = symbolIds[text[from + i] & 0xFF];
        starts[i] = i;
      }
      starts[n] = n;
      int left = merger.merge(n);
      for (int i = 0; i < left; i++) {
        if (ids[i] >= 0) {
          out.add(ids[i]);
        }
      }
    }

    /** The token of a whole piece, spelled in stand-ins for its bytes. */
    private int findPiece(byte[] text, int from, int to) {
      if (to - from > tokens.maxLength()) {
        return TokenTable.NONE;
      }
      scratch.clear();
      for (int i = from; i < to; i++) {
        scratch.addCodePoint(ByteAlphabet.character(text[i]));
      }
      return tokens.find(scratch.array(), 0, scratch.size());
    }

    private void encodeCharacters(byte[] text, int from, int to, IntList out) {
      if (habits.ignoreMerges() || (habits.isGemma() && isLineFeeds(text, from, to))) {
        int id = tokens.find(text, from, to);
        if (id >= 0) {
          out.add(id);
          return;
        }
      }
      for (int at = from; at < to; ) {
        int end = spaces == null ? to : spaces.nextCut(text, at, to);
        mergeCharacters(text, at, end, out);
        at = end;
      }
    }

    private void mergeCharacters(byte[] text, int from, int to, IntList out) {
      merger.reserve(to - from);
      int[] ids = merger.ids;
      int[] starts = merger.starts;
      int n = 0;
      for (int i = from; i < to; n++) {
        int length = text[i] >= 0 ? 1 : Utf8.length(Utf8.codePoint(text, i, to));
        ids[n] = text[i] >= 0 ? symbolIds[text[i]] : tokens.find(text, i, i + length);
        starts[n] = i;
        i += length;
      }
      starts[n] = to;
      n = merger.merge(n);
      for (int i = 0; i < n; i++) {
        if (ids[i] >= 0) {
          out.add(ids[i]);
          continue;
        }
        for (int j = starts[i]; j < starts[i + 1]; j++) {
          int id = byteIds[text[j] & 0xFF];
          if (id >= 0) {
            out.add(id);
          }
        }
      }
    }

    private static boolean isLineFeeds(byte[] text, int from, int to) {
      int i = from;
      while (i < to && text[i] == '\n') {
        i++;
      }
      return i == to;
    }
  }
}
