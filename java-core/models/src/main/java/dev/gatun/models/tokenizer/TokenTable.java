package dev.gatun.models.tokenizer;

import dev.gatun.graph.Utf8Strings;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The texts of all tokens and the way back from a text to its id: a hash table of ids with linear
 * probing over the texts where they lie, so that loading a vocabulary creates no object per token.
 * Immutable.
 */
final class TokenTable {
  /** What a text that is no token has for an id. */
  static final int NONE = -1;

  /** Enough for every vocabulary, and what {@link MergeTable} can pack. */
  static final int MAX_TOKENS = (1 << 21) - 1;

  /** A piece of text this long is a mistake; the limit bounds the work that a text can cause. */
  static final int MAX_TOKEN_BYTES = 1 << 14;

  /** No honest vocabulary has a cluster this long in a table that is at most half full. */
  private static final int MAX_PROBES = 4096;

  static final int HASH_START = 0x811C9DC5;

  private final byte[] bytes;
  private final int[] offsets;
  private final int[] slots;
  private final int maxLength;

  /**
   * Indexes the texts.
   *
   * @throws TokenizerException when two tokens have the same text, or a size is out of bounds
   */
  TokenTable(Utf8Strings texts) {
    int n = texts.size();
    if (n == 0 || n > MAX_TOKENS) {
      throw new TokenizerException(
          "tokenizer.ggml.tokens has %d tokens; 1 to %d are possible".formatted(n, MAX_TOKENS));
    }
    Utf8Strings named = withNamesForEmpty(texts);
    bytes = named.bytes();
    offsets = new int[n + 1];
    slots = new int[Integer.highestOneBit(2 * n - 1) << 1];
    int longest = 0;
    for (int id = 0; id < n; id++) {
      offsets[id] = named.offset(id);
      offsets[id + 1] = named.offset(id + 1);
      longest = Math.max(longest, offsets[id + 1] - offsets[id]);
      insert(id);
    }
    maxLength = longest;
    if (longest > MAX_TOKEN_BYTES) {
      throw new TokenizerException(
          "tokenizer.ggml.tokens has a token of %d bytes; the limit is %d"
              .formatted(longest, MAX_TOKEN_BYTES));
    }
  }

  int size() {
    return offsets.length - 1;
  }

  /** Length in bytes of the longest token. */
  int maxLength() {
    return maxLength;
  }

  /** The texts one after the other: read only. */
  byte[] bytes() {
    return bytes;
  }

  int start(int id) {
    return offsets[id];
  }

  int end(int id) {
    return offsets[id + 1];
  }

  String text(int id) {
    return new String(bytes, start(id), end(id) - start(id), StandardCharsets.UTF_8);
  }

  int find(String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    return find(utf8, 0, utf8.length);
  }

  /** The id of {@code text[from, to)}, or {@link #NONE}. */
  int find(byte[] text, int from, int to) {
    return to - from > maxLength ? NONE : find(text, from, to, hash(HASH_START, text, from, to));
  }

  /** The same, with the hash at hand. */
  int find(byte[] text, int from, int to, int hash) {
    int mask = slots.length - 1;
    for (int slot = spread(hash) & mask; ; slot = slot + 1 & mask) {
      int id = slots[slot] - 1;
      if (id < 0) {
        return NONE;
      }
      if (Arrays.equals(bytes, offsets[id], offsets[id + 1], text, from, to)) {
        return id;
      }
    }
  }

  /** The id of the text that consists of two parts of an array, with the hash of the whole. */
  int findJoined(byte[] b, int from1, int to1, int from2, int to2, int hash) {
    int mask = slots.length - 1;
    for (int slot = spread(hash) & mask; ; slot = (slot + 1) & mask) {
      int id = slots[slot] - 1;
      if (id < 0 || isJoined(id, b, from1, to1, from2, to2)) {
        return id;
      }
    }
  }

  /** Whether a token, if there is one of this id, consists of two parts of an array. */
  boolean isJoined(int id, byte[] b, int from1, int to1, int from2, int to2) {
    if (id >= size()) {
      return false;
    }
    int start = offsets[id];
    int end = offsets[id + 1];
    int middle = start + to1 - from1;
    return end - middle == to2 - from2
        && Arrays.equals(bytes, start, middle, b, from1, to1)
        && Arrays.equals(bytes, middle, end, b, from2, to2);
  }

  /** FNV-1a, continued from another hash: the hash of a text from that of its first part. */
  static int hash(int hash, byte[] text, int from, int to) {
    for (int i = from; i < to; i++) {
      hash = (hash ^ text[i]) * 0x01000193;
    }
    return hash;
  }

  private static int spread(int hash) {
    int h = hash * 0x9E3779B9;
    return h ^ h >>> 15;
  }

  private void insert(int id) {
    int mask = slots.length - 1;
    int start = offsets[id];
    int end = offsets[id + 1];
    int probes = 0;
    for (int slot = spread(hash(HASH_START, bytes, start, end)) & mask; ; slot = slot + 1 & mask) {
      int other = slots[slot] - 1;
      if (other < 0) {
        slots[slot] = id + 1;
        return;
      }
      if (Arrays.equals(bytes, start, end, bytes, offsets[other], offsets[other + 1])) {
        throw new TokenizerException(
            "tokenizer.ggml.tokens: tokens %d and %d have the same text".formatted(other, id));
      }
      if (++probes > MAX_PROBES) {
        throw new TokenizerException(
            "tokenizer.ggml.tokens is made to collide: more than %d probes for token %d"
                .formatted(MAX_PROBES, id));
      }
    }
  }

  /** An empty token cannot be looked up; like llama.cpp we call it [EMPTY_id]. */
  private static Utf8Strings withNamesForEmpty(Utf8Strings texts) {
    int n = texts.size();
    int empty = 0;
    for (int id = 0; id < n; id++) {
      if (texts.offset(id) == texts.offset(id + 1)) {
        empty++;
      }
    }
    if (empty == 0) {
      return texts;
    }
    ByteList out = new ByteList((int) Math.min(texts.bytes().length + 16L * empty, 1 << 30));
    int[] offsets = new int[n + 1];
    for (int id = 0; id < n; id++) {
      if (texts.offset(id) == texts.offset(id + 1)) {
        byte[] name = "[EMPTY_%d]".formatted(id).getBytes(StandardCharsets.US_ASCII);
        out.add(name, 0, name.length);
      } else {
        out.add(texts.bytes(), texts.offset(id), texts.offset(id + 1));
      }
      offsets[id + 1] = out.size();
    }
    return new Utf8Strings(out.toArray(), offsets);
  }
}
