package dev.gatun.graph;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;

/**
 * A large array of strings as UTF-8, one string after the other in a single array: string {@code i}
 * is {@code bytes()[offset(i) .. offset(i + 1))}. A vocabulary of 150,000 tokens is two objects
 * instead of 300,000.
 *
 * <p>The bytes are as the file has them and may be invalid UTF-8. Immutable by agreement: nobody
 * changes the shared array.
 */
public final class Utf8Strings {
  private final byte[] bytes;
  private final int[] offsets;

  /**
   * Takes ownership of both arrays.
   *
   * @param offsets one more than there are strings, from 0 to {@code bytes.length}, ascending
   * @throws IllegalArgumentException when they are not
   */
  public Utf8Strings(byte[] bytes, int[] offsets) {
    this.bytes = Objects.requireNonNull(bytes, "bytes");
    this.offsets = offsets;
    if (offsets.length == 0 || offsets[0] != 0 || offsets[offsets.length - 1] != bytes.length) {
      throw new IllegalArgumentException("offsets must go from 0 to " + bytes.length);
    }
    for (int i = 1; i < offsets.length; i++) {
      if (offsets[i] < offsets[i - 1]) {
        throw new IllegalArgumentException("offset " + i + " is below the one before it");
      }
    }
  }

  /** The strings of a list; an unpaired surrogate becomes '?'. */
  public static Utf8Strings of(List<String> strings) {
    int[] offsets = new int[strings.size() + 1];
    byte[][] parts = new byte[strings.size()][];
    long total = 0;
    for (int i = 0; i < parts.length; i++) {
      parts[i] = strings.get(i).getBytes(StandardCharsets.UTF_8);
      total += parts[i].length;
      if (total > Integer.MAX_VALUE - 16) {
        throw new IllegalArgumentException("more than 2 GiB of strings");
      }
      offsets[i + 1] = (int) total;
    }
    byte[] bytes = new byte[(int) total];
    for (int i = 0; i < parts.length; i++) {
      System.arraycopy(parts[i], 0, bytes, offsets[i], parts[i].length);
    }
    return new Utf8Strings(bytes, offsets);
  }

  /** How many strings. */
  public int size() {
    return offsets.length - 1;
  }

  /** The shared array of all bytes: read only. */
  public byte[] bytes() {
    return bytes;
  }

  /** Where string {@code i} starts; for {@code i == size()}, where the last one ends. */
  public int offset(int i) {
    return offsets[i];
  }

  /** String {@code i}, decoded; malformed UTF-8 is replaced. */
  public String get(int i) {
    return new String(bytes, offsets[i], offsets[i + 1] - offsets[i], StandardCharsets.UTF_8);
  }
}
