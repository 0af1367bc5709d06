package dev.gatun.models.tokenizer;

import java.util.Arrays;

/** A growable array of bytes whose backing array encoders read in place. */
final class ByteList {
  private byte[] data;
  private int size;

  ByteList(int capacity) {
    data = new byte[Math.max(capacity, 16)];
  }

  void add(int value) {
    ensure(1);
    data[size++] = (byte) value;
  }

  void add(byte[] from, int start, int end) {
    ensure(end - start);
    System.arraycopy(from, start, data, size, end - start);
    size += end - start;
  }

  /** Appends a code point as UTF-8; surrogates are written as three bytes like any other. */
  void addCodePoint(int cp) {
    if (cp < 0x80) {
      add(cp);
    } else if (cp < 0x800) {
      add(0xC0 | cp >> 6);
      add(0x80 | (cp & 0x3F));
    } else if (cp < 0x10000) {
      add(0xE0 | cp >> 12);
      add(0x80 | (cp >> 6 & 0x3F));
      add(0x80 | (cp & 0x3F));
    } else {
      add(0xF0 | cp >> 18);
      add(0x80 | (cp >> 12 & 0x3F));
      add(0x80 | (cp >> 6 & 0x3F));
      add(0x80 | (cp & 0x3F));
    }
  }

  int size() {
    return size;
  }

  void clear() {
    size = 0;
  }

  void truncate(int newSize) {
    size = newSize;
  }

  /** Takes out one byte. */
  void remove(int i) {
    System.arraycopy(data, i + 1, data, i, --size - i);
  }

  /** Drops bytes from the front. */
  void removeFirst(int count) {
    System.arraycopy(data, count, data, 0, size - count);
    size -= count;
  }

  /** The backing array; valid up to {@link #size()} until the next addition. */
  byte[] array() {
    return data;
  }

  byte[] toArray() {
    return Arrays.copyOf(data, size);
  }

  private void ensure(int more) {
    if (more > data.length - size) {
      long wanted = Math.max(size + (long) more, size + (size >> 1) + 16L);
      if (size + (long) more > Integer.MAX_VALUE - 16) {
        throw new OutOfMemoryError("more than 2 GiB of text");
      }
      data = Arrays.copyOf(data, (int) Math.min(wanted, Integer.MAX_VALUE - 16));
    }
  }
}
