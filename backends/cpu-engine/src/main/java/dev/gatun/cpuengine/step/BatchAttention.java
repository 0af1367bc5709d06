package dev.gatun.cpuengine.step;

import dev.gatun.cpuengine.kernel.AttentionKernels;
import dev.gatun.cpuengine.kernel.ElementwiseKernels;
import dev.gatun.graph.op.Attention;
import dev.gatun.tensor.DType;
import java.lang.foreign.ValueLayout;

/** Attention without a state: key i is the i-th row of the same sequence in the batch. */
public final class BatchAttention extends AttentionWorker {
  private final Operand k;
  private final Operand v;

  /**
   * @param v null when the value is a view of the key
   */
  public BatchAttention(
      AttentionKernels kernels,
      ElementwiseKernels elementwise,
      Attention op,
      Operand k,
      Operand v) {
    super(kernels, elementwise, op);
    this.k = k;
    this.v = v;
  }

  private int rowsOfSpan() {
    return index.end(span) - index.start(span);
  }

  /** Whether the positions tell which keys a row sees as a range. */
  private boolean ranges() {
    return op.causal() && index.consecutive();
  }

  private int ordinal(int row) {
    return index.position(row) - index.position(index.row(index.start(span)));
  }

  @Override
  int keyCount(int lastRow) {
    return ranges() ? ordinal(lastRow) + 1 : rowsOfSpan();
  }

  @Override
  int firstKey(int row) {
    int window = spec.window();
    return ranges() && window > 0 ? Math.max(0, ordinal(row) - window + 1) : 0;
  }

  @Override
  int endKey(int row) {
    return ranges() ? ordinal(row) + 1 : rowsOfSpan();
  }

  @Override
  void load(int tile, int keyCount) {
    keys = scratch;
    keysAt = keyScratch;
    values = scratch;
    valuesAt = valueScratch;
    int end = Math.min(TILE, keyCount - tile * TILE);
    for (int slot = 0; slot < end; slot++) {
      int row = index.row(index.start(span) + tile * TILE + slot);
      long vector = (long) row * spec.kvHeads() + kvHead;
      int keyDim = spec.keyDim();
      long keyAt = k.at(frame) + 4 * vector * keyDim;
      kernels.storeKey(DType.F32, k.segment(frame), keyAt, keyDim, scratch, keyScratch, slot);
      if (v != null) {
        int dim = spec.valueDim();
        long valueAt = v.at(frame) + 4 * vector * dim;
        kernels.storeValue(DType.F32, v.segment(frame), valueAt, dim, scratch, valueScratch, slot);
      }
    }
    for (int slot = end; slot < TILE; slot++) {
      // accumulateKeys multiplies all columns: what is not a key must be finite.
      for (int i = 0; i < spec.keyDim(); i++) {
        scratch.set(ValueLayout.JAVA_FLOAT, keyScratch + 4L * ((long) i * TILE + slot), 0);
      }
    }
  }

  @Override
  void hide(int row, int tile, long scores) {
    if (!op.causal() || index.consecutive()) {
      return;
    }
    int position = index.position(row);
    int end = Math.min(TILE, rowsOfSpan() - tile * TILE);
    for (int slot = 0; slot < end; slot++) {
      int other = index.position(index.row(index.start(span) + tile * TILE + slot));
      boolean seen = other <= position && (spec.window() == 0 || other > position - spec.window());
      if (!seen) {
        scratch.set(ValueLayout.JAVA_FLOAT, scores + 4L * slot, Float.NEGATIVE_INFINITY);
      }
    }
  }
}
