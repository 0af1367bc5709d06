package dev.gatun.engine.batch;

import dev.gatun.runtime.spi.BackendException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Which rows of a submission belong to which sequence: computed once per submission, without
 * allocation, and read by all attention steps.
 *
 * <p>The rows of one sequence form a span; a span is cut into blocks of at most {@link #BLOCK}
 * rows, the unit of work of attention.
 */
public final class BatchIndex {
  /** Most rows of a block. */
  public static final int BLOCK = 32;

  private final int[] positions;
  private final int[] spanOfRow;
  private final int[] order;
  private final int[] spanSequence;
  private final int[] spanStart;
  private final int[] blockSpan;
  private final int[] blockStart;
  private final SplitIndex splits;
  private int rows;
  private int spans;
  private int blocks;
  private boolean consecutive;

  /**
   * @param capacity most rows of a submission
   */
  public BatchIndex(int capacity) {
    positions = new int[capacity];
    spanOfRow = new int[capacity];
    order = new int[capacity];
    spanSequence = new int[capacity];
    spanStart = new int[capacity + 1];
    blockSpan = new int[capacity];
    blockStart = new int[capacity];
    splits = new SplitIndex(capacity);
  }

  /** Most rows of a submission. */
  public int capacity() {
    return positions.length;
  }

  /** Reads I32 positions and sequence ids. */
  public void build(
      MemorySegment positionData, long positionsAt, MemorySegment ids, long idsAt, int count) {
    if (count > positions.length) {
      throw new BackendException(
          count + " tokens, and the session was opened for " + positions.length);
    }
    rows = count;
    spans = 0;
    for (int row = 0; row < count; row++) {
      positions[row] = positionData.get(ValueLayout.JAVA_INT_UNALIGNED, positionsAt + 4L * row);
      int sequence = ids.get(ValueLayout.JAVA_INT_UNALIGNED, idsAt + 4L * row);
      spanOfRow[row] = span(sequence, row);
    }
    sort();
    cut();
    consecutive = checkConsecutive();
    splits.build(this);
  }

  /** A padded batch: every {@code length} rows are a sequence. */
  public void build(int count, int length) {
    if (count > positions.length) {
      throw new BackendException(
          count + " tokens, and the session was opened for " + positions.length);
    }
    rows = count;
    spans = length == 0 ? 0 : count / length;
    for (int row = 0; row < count; row++) {
      positions[row] = row % length;
      spanOfRow[row] = row / length;
      order[row] = row;
    }
    for (int span = 0; span < spans; span++) {
      spanSequence[span] = span;
      spanStart[span] = span * length;
    }
    spanStart[spans] = count;
    cut();
    consecutive = true;
    splits.build(this);
  }

  private int span(int sequence, int row) {
    if (row > 0 && spanSequence[spanOfRow[row - 1]] == sequence) {
      return spanOfRow[row - 1];
    }
    for (int i = 0; i < spans; i++) {
      if (spanSequence[i] == sequence) {
        return i;
      }
    }
    spanSequence[spans] = sequence;
    return spans++;
  }

  /** A stable counting sort of the rows by span. */
  private void sort() {
    for (int i = 0; i <= spans; i++) {
      spanStart[i] = 0;
    }
    for (int row = 0; row < rows; row++) {
      spanStart[spanOfRow[row] + 1]++;
    }
    for (int i = 0; i < spans; i++) {
      spanStart[i + 1] += spanStart[i];
    }
    for (int row = rows - 1; row >= 0; row--) {
      order[--spanStart[spanOfRow[row] + 1]] = row;
    }
    // The loop above left start[i + 1] at the start of span i.
    for (int i = 0; i < spans; i++) {
      spanStart[i] = spanStart[i + 1];
    }
    spanStart[spans] = rows;
  }

  private void cut() {
    blocks = 0;
    for (int span = 0; span < spans; span++) {
      for (int start = spanStart[span]; start < spanStart[span + 1]; start += BLOCK) {
        blockSpan[blocks] = span;
        blockStart[blocks++] = start;
      }
    }
  }

  private boolean checkConsecutive() {
    for (int span = 0; span < spans; span++) {
      for (int i = spanStart[span] + 1; i < spanStart[span + 1]; i++) {
        if (positions[order[i]] != positions[order[i - 1]] + 1) {
          return false;
        }
      }
    }
    return true;
  }

  public int rows() {
    return rows;
  }

  public int spans() {
    return spans;
  }

  public int blocks() {
    return blocks;
  }

  /** How blocks of few rows are split. */
  public SplitIndex splits() {
    return splits;
  }

  /** Whether the positions of each sequence ascend without gaps. */
  public boolean consecutive() {
    return consecutive;
  }

  public int position(int row) {
    return positions[row];
  }

  /** Index of the span of a row. */
  public int spanOf(int row) {
    return spanOfRow[row];
  }

  /** Sequence id of a span. */
  public int sequence(int span) {
    return spanSequence[span];
  }

  /** Where a span starts in {@link #row}. */
  public int start(int span) {
    return spanStart[span];
  }

  /** Where a span ends in {@link #row}. */
  public int end(int span) {
    return spanStart[span + 1];
  }

  /** The i-th row in the order of spans. */
  public int row(int i) {
    return order[i];
  }

  /** Span of a block. */
  public int blockSpan(int block) {
    return blockSpan[block];
  }

  /** Where a block starts in {@link #row}. */
  public int blockStart(int block) {
    return blockStart[block];
  }

  /** Where a block ends in {@link #row}. */
  public int blockEnd(int block) {
    return Math.min(blockStart[block] + BLOCK, spanStart[blockSpan[block] + 1]);
  }
}
