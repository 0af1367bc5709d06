package dev.gatun.formats.onnx;

import java.util.Arrays;

/** Numbers of a repeated field. */
final class LongList {
  private long[] values = new long[8];
  private int size;

  void add(long value) {
    if (size == values.length) {
      values = Arrays.copyOf(values, 2 * size);
    }
    values[size++] = value;
  }

  boolean isEmpty() {
    return size == 0;
  }

  long[] toArray() {
    return Arrays.copyOf(values, size);
  }
}
