package dev.gatun.models.tokenizer;

import dev.gatun.graph.Utf8Strings;
import java.util.Arrays;

/**
 * Which two tokens merge into which, and how early: a hash table from pairs of ids to ranks, eight
 * bytes a slot. Immutable.
 */
final class MergeTable {
  /** The rank of a pair that does not merge. */
  static final int NO_MERGE = Integer.MAX_VALUE;

  private static final String KEY = "tokenizer.ggml.merges";
  private static final int ID_BITS = 21;
  private static final int RANK_BITS = 22;
  private static final int RANK_MASK = (1 << RANK_BITS) - 1;
  private static final long EMPTY = -1;
  private static final int MAX_PROBES = 4096;

  private final long[] slots;
  private final int shift;
  private final int[] merged;

  /**
   * Resolves merges of the form "left right".
   *
   * @throws TokenizerException when one has another form, or names a text that is no token
   */
  MergeTable(Utf8Strings merges, TokenTable tokens) {
    int n = merges.size();
    if (n > RANK_MASK) {
      throw new TokenizerException(
          "%s has %d entries; the limit is %d".formatted(KEY, n, RANK_MASK));
    }
    int bits = 32 - Integer.numberOfLeadingZeros(n + (n >> 1) + 1);
    slots = new long[1 << bits];
    shift = 64 - bits;
    Arrays.fill(slots, EMPTY);
    merged = new int[n];
    int whole = TokenTable.NONE;
    byte[] b = merges.bytes();
    for (int rank = 0; rank < n; rank++) {
      int start = merges.offset(rank);
      int end = merges.offset(rank + 1);
      int hash = TokenTable.HASH_START;
      int space = start;
      // The first character may itself be a space, so that the separator is looked for after it.
      while (space < end && (space == start || b[space] != ' ')) {
        hash = TokenTable.hash(hash, b, space, space + 1);
        space++;
      }
      if (space >= end - 1) {
        throw new TokenizerException(
            "%s: entry %d, '%s', is not two tokens with a space between them"
                .formatted(KEY, rank, merges.get(rank)));
      }
      int left = tokens.find(b, start, space, hash);
      int right = tokens.find(b, space + 1, end);
      // Most vocabularies list tokens in the order of the merges that make them.
      whole++;
      if (!tokens.isJoined(whole, b, start, space, space + 1, end)) {
        int joinedHash = TokenTable.hash(hash, b, space + 1, end);
        whole = tokens.findJoined(b, start, space, space + 1, end, joinedHash);
      }
      if ((left | right | whole) < 0) {
        String which = left < 0 ? "left part" : right < 0 ? "right part" : "result";
        throw new TokenizerException(
            "%s: the %s of entry %d, '%s', is not in tokenizer.ggml.tokens"
                .formatted(KEY, which, rank, merges.get(rank)));
      }
      merged[rank] = whole;
      insert(pair(left, right), rank);
    }
  }

  /** The rank of a pair, lower first; {@link #NO_MERGE} also where an id is negative. */
  int rank(int left, int right) {
    if ((left | right) < 0) {
      return NO_MERGE;
    }
    long pair = pair(left, right);
    int mask = slots.length - 1;
    for (int slot = slot(pair); ; slot = slot + 1 & mask) {
      long entry = slots[slot];
      if (entry >>> RANK_BITS == pair) {
        return (int) entry & RANK_MASK;
      }
      if (entry == EMPTY) {
        return NO_MERGE;
      }
    }
  }

  /** What the pair of a rank becomes. */
  int merged(int rank) {
    return merged[rank];
  }

  private static long pair(int left, int right) {
    return (long) left << ID_BITS | right;
  }

  private int slot(long pair) {
    return (int) ((pair * 0x9E3779B97F4A7C15L) >>> shift);
  }

  /** Of a pair that is listed twice the first counts. */
  private void insert(long pair, int rank) {
    int mask = slots.length - 1;
    int probes = 0;
    for (int slot = slot(pair); ; slot = slot + 1 & mask) {
      long entry = slots[slot];
      if (entry == EMPTY) {
        slots[slot] = pair << RANK_BITS | rank;
        return;
      }
      if (entry >>> RANK_BITS == pair) {
        return;
      }
      if (++probes > MAX_PROBES) {
        throw new TokenizerException(
            "%s is made to collide: more than %d probes for entry %d"
                .formatted(KEY, MAX_PROBES, rank));
      }
    }
  }
}
