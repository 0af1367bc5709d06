package dev.gatun.models.tokenizer;

import static dev.gatun.models.tokenizer.Vocabulary.NORMAL;
import static dev.gatun.models.tokenizer.Vocabulary.UNUSED;
import static dev.gatun.models.tokenizer.Vocabulary.USER_DEFINED;

import java.util.Arrays;

/**
 * SentencePiece's unigram model (Kudo 2018): text is normalised and covered by the tokens whose
 * scores, log probabilities, add up to the most (Viterbi). A character that no token covers costs
 * ten more than the least probable token; neighbouring ones become one unknown token.
 */
final class UnigramEncoder implements Encoder {
  private static final float UNKNOWN_PENALTY = 10;
  private static final byte[] REPLACEMENT = {(byte) 0xEF, (byte) 0xBF, (byte) 0xBD};

  /**
   * How text is prepared.
   *
   * @param characters replacements, or null for none
   * @param spacePrefix whether a space goes before the first word
   * @param mergeSpaces whether runs of spaces become one, and outer ones go
   */
  record Normalization(CharacterMap characters, boolean spacePrefix, boolean mergeSpaces) {}

  private final Vocabulary vocabulary;
  private final Normalization normalization;
  private final int unknown;
  private final float unknownScore;
  private final ByteTrie matcher = new ByteTrie();

  /** User-defined tokens, which normalization leaves alone. */
  private final ByteTrie verbatim = new ByteTrie();

  /**
   * Prepares encoding.
   *
   * @param attributes as the file has them, before control tokens were found by their texts
   * @param unknown the unknown token, which must exist
   */
  UnigramEncoder(
      Vocabulary vocabulary, byte[] attributes, Normalization normalization, int unknown) {
    this.vocabulary = vocabulary;
    this.normalization = normalization;
    this.unknown = unknown;
    TokenTable tokens = vocabulary.table();
    float least = Float.MAX_VALUE;
    for (int id = 0; id < tokens.size(); id++) {
      int bits = attributes[id];
      if ((bits & NORMAL) != 0) {
        least = Math.min(least, vocabulary.score(id));
      }
      if ((bits & (NORMAL | USER_DEFINED | UNUSED)) != 0) {
        matcher.put(tokens.bytes(), tokens.start(id), tokens.end(id), id);
      }
      if ((bits & USER_DEFINED) != 0) {
        verbatim.put(tokens.bytes(), tokens.start(id), tokens.end(id), id);
      }
    }
    unknownScore = least - UNKNOWN_PENALTY;
  }

  @Override
  public Encoder.Session session() {
    return new Session();
  }

  private final class Session implements Encoder.Session {
    private final ByteList text = new ByteList(64);
    private final ByteList piece = new ByteList(16);
    private double[] best = new double[0];
    private int[] bestToken = new int[0];
    private int[] bestStart = new int[0];

    @Override
    public void encode(byte[] raw, int from, int to, boolean afterSpecial, IntList out) {
      text.clear();
      normalize(raw, from, to);
      int n = text.size();
      if (n == 0) {
        return;
      }
      findBest(text.array(), n);
      int before = out.size();
      boolean wasUnknown = false;
      for (int end = n; end > 0; end = bestStart[end]) {
        boolean isUnknown = bestToken[end] == unknown;
        if (!(wasUnknown && isUnknown)) {
          out.add(bestToken[end]);
        }
        wasUnknown = isUnknown;
      }
      out.reverse(before);
    }

    private void findBest(byte[] b, int n) {
      if (best.length < n + 1) {
        best = new double[n + 1];
        bestToken = new int[n + 1];
        bestStart = new int[n + 1];
      }
      Arrays.fill(best, 0, n + 1, -Double.MAX_VALUE);
      Arrays.fill(bestToken, 0, n + 1, unknown);
      Arrays.fill(bestStart, 0, n + 1, 0);
      best[0] = 0;
      for (int at = 0; at < n; ) {
        int next = at + Math.min(Utf8.length(b[at]), n - at);
        boolean covered = false;
        int node = ByteTrie.ROOT;
        for (int end = at + 1; end <= n; end++) {
          node = matcher.child(node, b[end - 1]);
          if (node < 0) {
            break;
          }
          int id = matcher.value(node);
          if (id >= 0) {
            covered |= end == next;
            // In double, from single precision scores: sums must not depend on their order.
            offer(
                at, end, id, vocabulary.has(id, USER_DEFINED) ? 0 : (double) vocabulary.score(id));
          }
        }
        if (!covered) {
          offer(at, next, unknown, unknownScore);
        }
        at = next;
      }
    }

    private void offer(int at, int end, int id, double score) {
      double sum = best[at] + score;
      if (sum > best[end]) {
        best[end] = sum;
        bestToken[end] = id;
        bestStart[end] = at;
      }
    }

    private void normalize(byte[] raw, int from, int to) {
      boolean prefixed = false;
      boolean inWord = false;
      for (int i = from; i < to; ) {
        piece.clear();
        i += normalizePrefix(raw, i, to);
        byte[] b = piece.array();
        for (int k = 0; k < piece.size(); k++) {
          if (b[k] == ' ') {
            inWord = false;
            if (!normalization.mergeSpaces()) {
              Spaces.add(text);
            }
            continue;
          }
          if (!inWord) {
            inWord = true;
            if ((normalization.spacePrefix() && !prefixed) || normalization.mergeSpaces()) {
              Spaces.add(text);
              prefixed = true;
            }
          }
          text.add(b[k]);
        }
      }
    }

    /** Normalises what starts at {@code at} into {@link #piece}; answers how much that was. */
    private int normalizePrefix(byte[] raw, int at, int to) {
      int end = at;
      // Like llama.cpp, also a part of a user-defined token keeps its form.
      for (int node = ByteTrie.ROOT; end < to; end++) {
        node = verbatim.child(node, raw[end]);
        if (node < 0) {
          break;
        }
      }
      if (end > at) {
        piece.add(raw, at, end);
        return end - at;
      }
      if (normalization.characters() != null) {
        long found = normalization.characters().longestPrefix(raw, at, to);
        if (found != 0) {
          normalization.characters().appendReplacement((int) found, piece);
          return (int) (found >>> 32);
        }
      }
      int cp = Utf8.codePoint(raw, at, to);
      if (cp < 0) {
        piece.add(REPLACEMENT, 0, REPLACEMENT.length);
        return 1;
      }
      int length = Utf8.length(cp);
      piece.add(raw, at, at + length);
      return length;
    }
  }
}
