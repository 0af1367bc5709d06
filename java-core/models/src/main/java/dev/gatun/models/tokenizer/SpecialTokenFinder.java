package dev.gatun.models.tokenizer;

import static dev.gatun.models.tokenizer.Vocabulary.CONTROL;
import static dev.gatun.models.tokenizer.Vocabulary.LEFT_STRIP;
import static dev.gatun.models.tokenizer.Vocabulary.RIGHT_STRIP;
import static dev.gatun.models.tokenizer.Vocabulary.UNKNOWN;
import static dev.gatun.models.tokenizer.Vocabulary.USER_DEFINED;

import java.util.Arrays;
import java.util.BitSet;

/**
 * Cuts text at special tokens. User-defined tokens are always found, control and unknown tokens
 * only where special tokens are parsed.
 *
 * <p>The result is that of llama.cpp, which looks for every token, longer ones first, in all text
 * that is left; here one walk over a prefix tree collects all occurrences, and only those compete.
 * Immutable.
 */
final class SpecialTokenFinder {
  /** What stands for the token of a fragment that is text. */
  static final int TEXT = -1;

  private final Vocabulary vocabulary;

  /** Special tokens, longer ones first; the tree's values are places in this order. */
  private final int[] order;

  private final ByteTrie trie = new ByteTrie();

  SpecialTokenFinder(Vocabulary vocabulary) {
    this.vocabulary = vocabulary;
    TokenTable tokens = vocabulary.table();
    order = longestFirst(vocabulary);
    for (int i = 0; i < order.length; i++) {
      trie.put(tokens.bytes(), tokens.start(order[i]), tokens.end(order[i]), i);
    }
  }

  /** All special tokens, longer ones first, equal ones by id. */
  private static int[] longestFirst(Vocabulary vocabulary) {
    TokenTable tokens = vocabulary.table();
    long[] keys = new long[tokens.size()];
    int count = 0;
    for (int id = 0; id < keys.length; id++) {
      if (vocabulary.has(id, CONTROL | UNKNOWN | USER_DEFINED)) {
        keys[count++] = (long) (tokens.start(id) - tokens.end(id)) << 32 | id;
      }
    }
    Arrays.sort(keys, 0, count);
    int[] ids = new int[count];
    for (int i = 0; i < count; i++) {
      ids[i] = (int) keys[i];
    }
    return ids;
  }

  /** Takes the fragments of a text in order. */
  interface Sink {
    /** Takes text (token {@link #TEXT}, never empty) or a token. */
    void accept(int from, int to, int token);
  }

  /** Cuts a text. */
  void partition(byte[] text, boolean parseSpecial, Sink sink) {
    BitSet plain = new BitSet();
    plain.set(0, parseSpecial ? 0 : text.length);
    partition(text, plain, sink);
  }

  /**
   * Cuts a text.
   *
   * @param plain bytes that cannot be a part of control and unknown tokens
   */
  void partition(byte[] text, BitSet plain, Sink sink) {
    long[] found = occurrences(text, plain);
    if (found.length == 0) {
      if (text.length > 0) {
        sink.accept(0, text.length, TEXT);
      }
      return;
    }
    Arrays.sort(found);
    BitSet taken = new BitSet(text.length);
    long[] accepted = new long[found.length];
    int count = 0;
    for (long occurrence : found) {
      int from = (int) occurrence;
      int token = order[(int) (occurrence >>> 32)];
      int to = from + length(token);
      int obstacle = taken.nextSetBit(from);
      if (obstacle < 0 || obstacle >= to) {
        accepted[count++] = (long) from << 32 | token;
        taken.set(from, to);
        strip(text, from, to, token, taken);
      }
    }
    Arrays.sort(accepted, 0, count);
    int at = 0;
    for (int i = 0; i < count; i++) {
      int from = (int) (accepted[i] >>> 32);
      int token = (int) accepted[i];
      emitText(taken, at, from, sink);
      at = from + length(token);
      sink.accept(from, at, token);
    }
    emitText(taken, at, text.length, sink);
  }

  /** All occurrences, possible or not: the place in the order above, where it starts below. */
  private long[] occurrences(byte[] text, BitSet plain) {
    long[] found = new long[0];
    if (trie.isEmpty()) {
      return found;
    }
    int count = 0;
    for (int i = 0; i < text.length; i++) {
      int node = trie.child(ByteTrie.ROOT, text[i]);
      for (int end = i + 1; node >= 0; end++) {
        int place = trie.value(node);
        if (place >= 0 && (!touches(plain, i, end) || isUserDefined(order[place]))) {
          if (count == found.length) {
            found = Arrays.copyOf(found, 2 * count + 8);
          }
          found[count++] = (long) place << 32 | i;
        }
        node = end < text.length ? trie.child(node, text[end]) : ByteTrie.NONE;
      }
    }
    return Arrays.copyOf(found, count);
  }

  private static boolean touches(BitSet plain, int from, int to) {
    int set = plain.nextSetBit(from);
    return set >= 0 && set < to;
  }

  private boolean isUserDefined(int token) {
    return !vocabulary.has(token, CONTROL | UNKNOWN);
  }

  /** White space that goes with a token is neither text nor token. */
  private void strip(byte[] text, int from, int to, int token, BitSet taken) {
    if (vocabulary.has(token, LEFT_STRIP)) {
      for (int i = from - 1; i >= 0 && isSpace(text[i]) && !taken.get(i); i--) {
        taken.set(i);
      }
    }
    if (vocabulary.has(token, RIGHT_STRIP)) {
      for (int i = to; i < text.length && isSpace(text[i]) && !taken.get(i); i++) {
        taken.set(i);
      }
    }
  }

  /** Stripped white space is at the ends of a stretch between tokens, never inside. */
  private static void emitText(BitSet taken, int from, int to, Sink sink) {
    int start = taken.nextClearBit(from);
    if (start < to) {
      int end = taken.nextSetBit(start);
      sink.accept(start, end < 0 ? to : Math.min(end, to), TEXT);
    }
  }

  private int length(int token) {
    return vocabulary.table().end(token) - vocabulary.table().start(token);
  }

  private static boolean isSpace(byte b) {
    return b == ' ' || (b >= '\t' && b <= '\r');
  }
}
