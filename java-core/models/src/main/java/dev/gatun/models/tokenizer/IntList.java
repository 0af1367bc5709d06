package dev.gatun.models.tokenizer;

import java.util.Arrays;

/** A growable array of ints. */
final class IntList {
  private int[] data;
  private int size;

  IntList(int capacity) {
    data = new int[Math.max(capacity, 8)];
  }

  void add(int value) {
    if (size == data.length) {
      data = Arrays.copyOf(data, grown(size));
    }
    data[size++] = value;
  }

  int get(int i) {
    return data[i];
  }

  int size() {
    return size;
  }

  void truncate(int newSize) {
    size = newSize;
  }

  void clear() {
    size = 0;
  }

  /** Reverses the elements from an index on. */
  void reverse(int from) {
    for (int i = from, j = size - 1; i < j; i++, j--) {
      int t = data[i];
      data[i] = data[j];
      data[j] = t;
    }
  }

  int[] toArray() {
    return Arrays.copyOf(data, size);
  }

  private static int grown(int size) {
    if (size >= Integer.MAX_VALUE - 16) {
      throw new OutOfMemoryError("more than 2^31 elements");
    }
    return (int) Math.min(size + (size >> 1) + 8L, Integer.MAX_VALUE - 16);
  }
}
