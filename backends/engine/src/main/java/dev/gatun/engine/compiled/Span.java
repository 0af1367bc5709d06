package dev.gatun.engine.compiled;

import dev.gatun.runtime.spi.Batch;
import java.util.Arrays;

/** The tokens of a batch that one run of a model takes: all of them, or those of one sequence. */
public final class Span {
  private int[] tokens = new int[1];
  private int[] rows = new int[1];
  private int[] rowTokens = new int[1];
  private int size;
  private int rowCount;
  private boolean whole;

  public Span() {}

  /** All tokens and rows. */
  public void all(Batch batch) {
    select(batch, -1, 0, Integer.MAX_VALUE);
  }

  /** Those of one sequence. */
  public void of(Batch batch, int sequence) {
    select(batch, sequence, 0, Integer.MAX_VALUE);
  }

  /**
   * Some of those of one sequence.
   *
   * @param skipped how many come before
   * @param most how many at most
   */
  public void of(Batch batch, int sequence, int skipped, int most) {
    select(batch, sequence, skipped, most);
  }

  private void select(Batch batch, int sequence, int skipped, int most) {
    size = 0;
    int before = 0;
    rowCount = 0;
    if (tokens.length < batch.size()) {
      tokens = new int[batch.size()];
    }
    if (rows.length < batch.rowCount()) {
      rows = new int[batch.rowCount()];
      rowTokens = new int[batch.rowCount()];
    }
    for (int i = 0; i < batch.size(); i++) {
      if ((sequence < 0 || batch.sequence(i) == sequence) && before++ >= skipped && size < most) {
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
  public boolean isWhole() {
    return whole;
  }

  /** Tokens. */
  public int size() {
    return size;
  }

  /** Rows wanted. */
  public int rowCount() {
    return rowCount;
  }

  /** Index in the batch of token {@code i}. */
  public int token(int i) {
    return tokens[i];
  }

  /** Index among the batch's rows of row {@code i}. */
  public int row(int i) {
    return rows[i];
  }

  /** Index within the span of the token whose output is row {@code i}. */
  public int rowToken(int i) {
    return rowTokens[i];
  }
}
