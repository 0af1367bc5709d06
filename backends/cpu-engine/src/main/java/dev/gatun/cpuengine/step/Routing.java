package dev.gatun.cpuengine.step;

import dev.gatun.cpuengine.kernel.MatMulKernel;
import dev.gatun.engine.memory.Operand;
import dev.gatun.engine.size.Extent;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Which token goes to which expert, in a storage of 32-bit numbers. A pair is one token at one of
 * its experts; pairs are sorted by expert, so that each expert works on consecutive rows.
 *
 * @param table where the numbers are
 * @param tokens number of tokens
 */
public record Routing(Operand table, Extent tokens, int experts, int used) {
  /** More rows than any kernel pads to. */
  private static final int PADDED_ROWS = 64;

  /** Bytes of the table for this many tokens. */
  public static long bytes(int tokens, int experts, int used) {
    return 4L * (2L * experts + 2 + 5L * tokens * used);
  }

  int pairs(Frame frame) {
    return tokens.of(frame) * used;
  }

  /** Number of experts that have a token. */
  int activeCount(Frame frame) {
    return get(frame, 0);
  }

  void activeCount(Frame frame, int count) {
    set(frame, 0, count);
  }

  /** First pair of an expert; of the one after the last, the number of pairs. */
  int start(Frame frame, int expert) {
    return get(frame, 1L + expert);
  }

  void start(Frame frame, int expert, int pair) {
    set(frame, 1L + expert, pair);
  }

  /** The i-th expert that has a token. */
  int active(Frame frame, int i) {
    return get(frame, 2L + experts + i);
  }

  void active(Frame frame, int i, int expert) {
    set(frame, 2L + experts + i, expert);
  }

  private long base(Frame frame, int table0) {
    return 2L + 2L * experts + (long) table0 * pairs(frame);
  }

  /** The expert of a token's choice; choices are {@code token * used + slot}. */
  int expert(Frame frame, int choice) {
    return get(frame, base(frame, 0) + choice);
  }

  void expert(Frame frame, int choice, int expert) {
    set(frame, base(frame, 0) + choice, expert);
  }

  float weight(Frame frame, int choice) {
    return Float.intBitsToFloat(get(frame, base(frame, 1) + choice));
  }

  void weight(Frame frame, int choice, float weight) {
    set(frame, base(frame, 1) + choice, Float.floatToRawIntBits(weight));
  }

  /** The pair of a choice. */
  int pair(Frame frame, int choice) {
    return get(frame, base(frame, 2) + choice);
  }

  void pair(Frame frame, int choice, int pair) {
    set(frame, base(frame, 2) + choice, pair);
  }

  /** The token of a pair. */
  int token(Frame frame, int pair) {
    return get(frame, base(frame, 3) + pair);
  }

  void token(Frame frame, int pair, int token) {
    set(frame, base(frame, 3) + pair, token);
  }

  /** The expert of a pair. */
  int expertOfPair(Frame frame, int pair) {
    return get(frame, base(frame, 4) + pair);
  }

  void expertOfPair(Frame frame, int pair, int expert) {
    set(frame, base(frame, 4) + pair, expert);
  }

  /**
   * Bytes of buffer per pair such that an expert's part can start at {@code first pair * pitch}.
   *
   * @param bytes of a row
   */
  public static long pitch(long bytes) {
    return (bytes + 63) / 64 * 64;
  }

  /** {@link #pitch(long)} of rows that a kernel has prepared, which may pad few rows to more. */
  public static long pitch(MatMulKernel kernel, int k) {
    long most = 0;
    for (int m = 1; m <= PADDED_ROWS; m++) {
      most = Math.max(most, (kernel.preparedBytes(m, k) + m - 1) / m);
    }
    return pitch(most);
  }

  private int get(Frame frame, long index) {
    MemorySegment memory = table.segment(frame);
    return memory.get(ValueLayout.JAVA_INT_UNALIGNED, table.at(frame) + 4 * index);
  }

  private void set(Frame frame, long index, int value) {
    MemorySegment memory = table.segment(frame);
    memory.set(ValueLayout.JAVA_INT_UNALIGNED, table.at(frame) + 4 * index, value);
  }
}
