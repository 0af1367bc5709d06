package dev.gatun.cpuengine.kernel;

import dev.gatun.tensor.DType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * A block of queries that share one key-value head, with their running statistics and sums: what
 * {@link AttentionKernels#attend} works on. Plain fields, so that a worker uses one object for all
 * its units; offsets are bytes in {@link #memory}.
 */
public final class QueryBlock {
  /** Type of the stored tiles. */
  public DType dtype;

  public int queries;
  public int keyDim;

  /** Elements of a result. */
  public int valueDim;

  /** Whether values are the first {@link #valueDim} elements of the keys. */
  public boolean valueView;

  /** Bound of the scores, 0 for none. */
  public float softcap;

  public MemorySegment memory;

  /** Queries times the scale of the scores: F32 [queries, keyDim]. */
  public long queriesAt;

  /** Running sums: F32 [queries, valueDim]. */
  public long sumsAt;

  /** Running maximum and sum of weights: F32 [queries, 2]. */
  public long statsAt;

  /** First position seen and end: I32 [queries, 2], neither descending from query to query. */
  public long rangesAt;

  /** Working memory of the kernels, {@link AttentionKernels#attendBytes} of it. */
  public long scratchAt;

  /** A block without queries; its worker fills it. */
  public QueryBlock() {}

  public int firstKey(int query) {
    return memory.get(ValueLayout.JAVA_INT, rangesAt + 8L * query);
  }

  public int endKey(int query) {
    return memory.get(ValueLayout.JAVA_INT, rangesAt + 8L * query + 4);
  }
}
