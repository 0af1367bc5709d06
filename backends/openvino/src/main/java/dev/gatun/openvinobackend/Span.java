package dev.gatun.openvinobackend;

import dev.gatun.runtime.spi.Batch;
import java.util.Arrays;

/** The tokens of a batch that one run of a model takes: all of them, or those of one sequence. */
final class Span {
  private int[] tokens = new int[1];
  private int[] rows = new int[1];
  private int[] rowTokens = new int[1];
  private int size;
  private int rowCount;
  private boolean whole;

  /** All tokens and rows. */
  void all(Batch batch) {
    select(batch, -1);
  }

  /** Those of one sequence. */
  void of(Batch batch, int sequence) {
    select(batch, sequence);
  }

  private void select(Batch batch, int sequence) {
    size = 0;
    rowCount = 0;
    if (tokens.length < batch.size()) {
      tokens = new int[batch.size()];
    }
    if (rows.length < batch.rowCount()) {
      rows = new int[batch.rowCount()];
      rowTokens = new int[batch.rowCount()];
    }
    for (int i = 0; i < batch.size(); i++) {
      if (sequence < 0 || batch.sequence(i) == sequence) {
        tokens[size++] = i;
      }
    }
    for (int i = 0; i < batch.rowCount(); i++) {
      int place = Arrays.binarySearch(tokens, 0, size, batch.row(i));
      if (place >= 0) {
        rows[rowCount] = i;
        rowTokens[rowCount++] = place;
      }
    }
    whole = size == batch.size() && rowCount == batch.rowCount();
  }

  /** Whether it is the whole batch. */
  boolean isWhole() {
    return whole;
  }

  int size() {
    return size;
  }

  int rowCount() {
    return rowCount;
  }

  /** Index in the batch of token {@code i}. */
  int token(int i) {
    return tokens[i];
  }

  /** Index among the batch's rows of row {@code i}. */
  int row(int i) {
    return rows[i];
  }

  /** Index within the span of the token whose output is row {@code i}. */
  int rowToken(int i) {
    return rowTokens[i];
  }
}
