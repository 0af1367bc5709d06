package dev.gatun.quantize.imatrix;

import dev.gatun.tensor.GatunException;
import dev.gatun.tensor.GatunException.Kind;

/** Sums of squares being added up, in single precision and in the order of the rows. */
final class SquareSums {
  private final float[] sums;
  private final long[] counts;
  private final int columns;

  /**
   * @param columns elements of a row
   * @param matrices rows of sums
   * @param parts counts: one for all matrices, or one for each
   */
  SquareSums(int columns, int matrices, int parts) {
    this.sums = new float[Math.multiplyExact(columns, matrices)];
    this.counts = new long[parts];
    this.columns = columns;
  }

  /** Adds a row to the sums of one matrix. */
  void add(float[] row, int offset, int matrix) {
    int at = matrix * columns;
    for (int i = 0; i < columns; i++) {
      float x = row[offset + i];
      sums[at + i] += x * x;
    }
  }

  /** So many more rows were read. */
  void count(int part, long rows) {
    counts[part] += rows;
  }

  /**
   * What was added up so far.
   *
   * @throws GatunException when the model computed what is not a number
   */
  ImportanceEntry entry(String weight) {
    try {
      return ImportanceEntry.of(sums, counts);
    } catch (IllegalArgumentException e) {
      throw new GatunException(
          Kind.MODEL,
          "the input of '%s' is not finite: its sum of squares %s; the model or the device computes nonsense, compare with `gatun perplexity` on another --backend"
              .formatted(weight, e.getMessage()),
          e);
    }
  }
}
