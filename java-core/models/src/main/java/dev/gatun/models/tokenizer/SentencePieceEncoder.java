package dev.gatun.models.tokenizer;

/**
 * SentencePiece's BPE (Kudo and Richardson 2018) as llama.cpp has it: spaces are made visible, and
 * of all neighbours whose joined text is a token those merge first whose token has the highest
 * score. Characters that are no token become byte tokens.
 */
final class SentencePieceEncoder implements Encoder {
  private final Vocabulary vocabulary;
  private final TokenTable tokens;
  private final Spaces spaces;
  private final boolean spacePrefix;
  private final int[] symbolIds = new int[128];
  private final int[] byteIds;

  /**
   * Prepares encoding.
   *
   * @param spacePrefix whether a space is put before text that starts a sequence or follows a
   *     special token
   * @param unknown stands for bytes that have no token; negative where there is none
   * @throws TokenizerException when a score is not a number
   */
  SentencePieceEncoder(Vocabulary vocabulary, boolean spacePrefix, int unknown) {
    this.vocabulary = vocabulary;
    this.tokens = vocabulary.table();
    this.spaces = new Spaces(tokens);
    this.spacePrefix = spacePrefix;
    this.byteIds = ByteTokens.find(tokens);
    byte[] text = new byte[1];
    for (int b = 0; b < 256; b++) {
      text[0] = (byte) b;
      int id = tokens.find(text, 0, 1);
      if (b < 128) {
        symbolIds[b] = id;
      }
      if (byteIds[b] < 0) {
        byteIds[b] = id < 0 ? unknown : id;
      }
    }
  }

  @Override
  public Encoder.Session session() {
    return new Session();
  }

  /** Maps floats, from high to low, to ints, from low to high. */
  private static int descending(float score) {
    int bits = Float.floatToRawIntBits(score + 0.0f);
    return ~(bits ^ (bits >> 31 & 0x7FFFFFFF));
  }

  private final class Session extends PairMerger implements Encoder.Session {
    private final ByteList buffer = new ByteList(64);
    private byte[] text = new byte[0];

    @Override
    long value(int left, int right, int start, int end) {
      int id = tokens.find(text, start, end);
      return id < 0 ? NONE : (long) descending(vocabulary.score(id)) << 32 | id;
    }

    @Override
    public void encode(byte[] raw, int from, int to, boolean afterSpecial, IntList out) {
      buffer.clear();
      if (spacePrefix && afterSpecial) {
        Spaces.add(buffer);
      }
      Spaces.escape(raw, from, to, buffer);
      text = buffer.array();
      int length = buffer.size();
      for (int at = 0; at < length; ) {
        int end = spaces.nextCut(text, at, length);
        encodeWord(at, end, out);
        at = end;
      }
    }

    private void encodeWord(int from, int to, IntList out) {
      reserve(to - from);
      int n = 0;
      for (int i = from; i < to; n++) {
        int length = text[i] >= 0 ? 1 : Utf8.length(Utf8.codePoint(text, i, to));
        ids[n] = text[i] >= 0 ? symbolIds[text[i]] : tokens.find(text, i, i + length);
        starts[n] = i;
        i += length;
      }
      starts[n] = to;
      n = merge(n);
      for (int i = 0; i < n; i++) {
        if (ids[i] >= 0) {
          out.add(ids[i]);
          continue;
        }
        for (int j = starts[i]; j < starts[i + 1]; j++) {
          out.add(byteToken(text[j]));
        }
      }
    }

    private int byteToken(byte b) {
      int id = byteIds[b & 0xFF];
      if (id < 0) {
        throw new TokenizerException(
            "the vocabulary has no token for byte 0x%02X, and no unknown token".formatted(b));
      }
      return id;
    }
  }
}
