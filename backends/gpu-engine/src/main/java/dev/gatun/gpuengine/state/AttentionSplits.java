package dev.gatun.gpuengine.state;

import dev.gatun.engine.batch.BatchIndex;
import dev.gatun.engine.state.CacheLayout;

/**
 * Into how many parts the pages that a query sees are divided, so that decoding with a long context
 * keeps the device busy however few heads there are (Dao et al. 2023, Flash-Decoding). A power of
 * two that depends on positions alone, so that a recording stays right for many tokens.
 */
public final class AttentionSplits {
  /** Most parts. */
  private static final int MOST = 16;

  /** Most tokens of a submission that are divided. */
  public static final int FEW_ROWS = 8;

  /** Pages of a part, at least. */
  private static final int LEAST_PAGES = 4;

  private AttentionSplits() {}

  /** Parts for a submission; 1 for one whose tokens are enough to keep the device busy. */
  static int of(BatchIndex batch) {
    if (batch.rows() > FEW_ROWS) {
      return 1;
    }
    int pages = 0;
    for (int row = 0; row < batch.rows(); row++) {
      pages = Math.max(pages, batch.position(row) / CacheLayout.PAGE + 1);
    }
    int parts = Math.min(MOST, pages / LEAST_PAGES);
    return parts <= 1 ? 1 : Integer.highestOneBit(parts);
  }

  /** Bytes of partial results: per token, head and part the sums, their maximum and total. */
  public static long partialBytes(int rows, int heads, int value) {
    return 4L * Math.min(rows, FEW_ROWS) * heads * MOST * (value + 2);
  }
}
