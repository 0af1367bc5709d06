package dev.gatun.models.tokenizer;

import java.util.Arrays;

/**
 * Merges neighbouring symbols, the best pair first and of equal ones the leftmost, until none
 * merges.
 *
 * <p>Byte-pair encoding (Sennrich, Haddow and Birch 2016) and SentencePiece's BPE differ only in
 * how a pair is valued. Short words, which is nearly all, are searched for their best pair again
 * after every merge; longer ones use a heap whose outdated entries are recognized when they come
 * up, n log n for any input. Scratch space of one thread.
 */
abstract class PairMerger {
  /** The value of a pair that does not merge. */
  static final long NONE = Long.MAX_VALUE;

  /** Up to here a search is faster than a heap. */
  private static final int SEARCHED = 48;

  /** The symbols; a negative one is no token. */
  int[] ids = new int[0];

  /** Where each symbol starts; one more entry has the end of the last. */
  int[] starts = new int[0];

  private long[] values = new long[0];
  private int[] next = new int[0];
  private int[] previous = new int[0];
  private long[] heap = new long[0];
  private int heapSize;

  /**
   * The value of a pair: its priority, lower first, in the upper half, and what it merges into in
   * the lower; {@link #NONE} where it does not.
   *
   * @param start where the left symbol starts
   * @param end where the right symbol ends
   */
  abstract long value(int left, int right, int start, int end);

  /** Makes room for symbols, before they are set. */
  final void reserve(int symbols) {
    if (ids.length < symbols) {
      int room = symbols + (symbols >> 2) + 16;
      ids = new int[room];
      starts = new int[room + 1];
      values = new long[room];
    }
  }

  /** Merges the first {@code n} symbols in place; answers how many are left. */
  final int merge(int n) {
    return n <= SEARCHED ? search(n) : heap(n);
  }

  private int search(int n) {
    for (int i = 0; i < n - 1; i++) {
      values[i] = value(ids[i], ids[i + 1], starts[i], starts[i + 2]);
    }
    while (n > 1) {
      int best = 0;
      long bestPriority = values[0] >> 32;
      for (int i = 1; i < n - 1; i++) {
        long priority = values[i] >> 32;
        if (priority < bestPriority) {
          bestPriority = priority;
          best = i;
        }
      }
      if (values[best] == NONE) {
        break;
      }
      ids[best] = (int) values[best];
      int behind = n - best - 2;
      System.arraycopy(ids, best + 2, ids, best + 1, behind);
      System.arraycopy(starts, best + 2, starts, best + 1, behind + 1);
      if (behind > 0) {
        System.arraycopy(values, best + 2, values, best + 1, behind - 1);
        values[best] = value(ids[best], ids[best + 1], starts[best], starts[best + 2]);
      }
      n--;
      if (best > 0) {
        values[best - 1] = value(ids[best - 1], ids[best], starts[best - 1], starts[best + 1]);
      }
    }
    return n;
  }

  private int heap(int n) {
    if (next.length < n) {
      next = new int[ids.length];
      previous = new int[ids.length];
      heap = new long[ids.length];
    }
    heapSize = 0;
    for (int i = 0; i < n; i++) {
      next[i] = i + 1;
      previous[i] = i - 1;
    }
    for (int i = 0; i < n; i++) {
      revalue(i, n);
    }
    while (heapSize > 0) {
      long top = pop();
      int left = (int) top;
      long value = values[left];
      if (value == NONE || value >> 32 != top >> 32) {
        continue;
      }
      int right = next[left];
      ids[left] = (int) value;
      values[right] = NONE;
      int after = next[right];
      next[left] = after;
      if (after < n) {
        previous[after] = left;
      }
      revalue(left, n);
      if (previous[left] >= 0) {
        revalue(previous[left], n);
      }
    }
    int kept = 0;
    for (int i = 0; i < n; i = next[i]) {
      ids[kept] = ids[i];
      starts[kept++] = starts[i];
    }
    starts[kept] = starts[n];
    return kept;
  }

  private void revalue(int left, int n) {
    int right = next[left];
    if (right >= n) {
      values[left] = NONE;
      return;
    }
    long value = value(ids[left], ids[right], starts[left], starts[next[right]]);
    values[left] = value;
    if (value != NONE) {
      push((value & 0xFFFFFFFF00000000L) | left);
    }
  }

  private void push(long entry) {
    if (heapSize == heap.length) {
      heap = Arrays.copyOf(heap, heapSize + (heapSize >> 1) + 16);
    }
    int i = heapSize++;
    while (i > 0) {
      int parent = (i - 1) >> 1;
      if (heap[parent] <= entry) {
        break;
      }
      heap[i] = heap[parent];
      i = parent;
    }
    heap[i] = entry;
  }

  private long pop() {
    long top = heap[0];
    long last = heap[--heapSize];
    int i = 0;
    while (true) {
      int child = 2 * i + 1;
      if (child >= heapSize) {
        break;
      }
      if (child + 1 < heapSize && heap[child + 1] < heap[child]) {
        child++;
      }
      if (last <= heap[child]) {
        break;
      }
      heap[i] = heap[child];
      i = child;
    }
    heap[i] = last;
    return top;
  }
}
