package dev.gatun.models.sampling;

import java.util.Arrays;

/**
 * The last tokens of a sequence. Memory grows with what is added, up to the capacity, so that a
 * large capacity costs nothing until it is used.
 */
final class TokenWindow {
  private final int capacity;
  private int[] tokens;
  private int size;
  private int next;

  TokenWindow(int capacity) {
    this.capacity = capacity;
    tokens = new int[Math.min(capacity, 64)];
  }

  int size() {
    return size;
  }

  /** Whether the next token that is added pushes the oldest one out. */
  boolean isFull() {
    return size == capacity;
  }

  /** The token that was added {@code age} tokens before the newest. */
  int back(int age) {
    int at = next - 1 - age;
    return tokens[at < 0 ? at + tokens.length : at];
  }

  void add(int token) {
    if (size == tokens.length && size < capacity) {
      // Until the window is full it has never wrapped, so the order stays as it is.
      next = size;
      tokens = Arrays.copyOf(tokens, (int) Math.min(capacity, 2L * size));
    }
    tokens[next] = token;
    next = next + 1 == tokens.length ? 0 : next + 1;
    size = Math.min(size + 1, tokens.length);
  }
}
