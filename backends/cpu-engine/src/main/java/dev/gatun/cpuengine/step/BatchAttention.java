package dev.gatun.cpuengine.step;

import dev.gatun.cpuengine.kernel.AttentionKernels;
import dev.gatun.cpuengine.kernel.ElementwiseKernels;
import dev.gatun.engine.memory.Operand;
import dev.gatun.graph.op.Attention;
import dev.gatun.tensor.DType;
import java.lang.foreign.MemorySegment;
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
    super(kernels, elementwise, op, false);
    block.dtype = DType.F32;
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
  int firstKey(int row) {
    int window = spec.window();
    return ranges() && window > 0 ? Math.max(0, ordinal(row) - window + 1) : 0;
  }

  @Override
  int endKey(int row) {
    return ranges() ? ordinal(row) + 1 : rowsOfSpan();
  }

  @Override
  long ownBytes() {
    return bytes((long) TILE * spec.keyDim()) + bytes((long) TILE * spec.valueDim());
  }

  @Override
  void walk(int fromTile, int toTile) {
    for (int tile = fromTile; tile < toTile; tile++) {
      load(tile);
      kernels.attend(block, this, tile, tile + 1);
    }
  }

  @Override
  public MemorySegment page(int tile) {
    return scratch;
  }

  @Override
  public long keysAt(int tile) {
    return block.scratchAt - ownBytes();
  }

  @Override
  public long valuesAt(int tile) {
    return keysAt(tile) + bytes((long) TILE * spec.keyDim());
  }

  private void load(int tile) {
    int end = Math.min(TILE, rowsOfSpan() - tile * TILE);
    for (int slot = 0; slot < end; slot++) {
      int row = index.row(index.start(span) + tile * TILE + slot);
      long vector = (long) row * spec.kvHeads() + kvHead;
      int keyDim = spec.keyDim();
      long keyAt = k.at(frame) + 4 * vector * keyDim;
      kernels.storeKey(DType.F32, k.segment(frame), keyAt, keyDim, scratch, keysAt(tile), slot);
      if (v != null) {
        int dim = spec.valueDim();
        long valueAt = v.at(frame) + 4 * vector * dim;
        kernels.storeValue(
            DType.F32, v.segment(frame), valueAt, dim, scratch, valuesAt(tile), slot);
      }
    }
    for (int slot = end; slot < TILE; slot++) {
      // accumulateKeys multiplies all columns: what is not a key must be finite.
      for (int i = 0; i < spec.keyDim(); i++) {
        scratch.set(ValueLayout.JAVA_FLOAT, keysAt(tile) + 4L * ((long) i * TILE + slot), 0);
      }
    }
  }

  @Override
  public boolean hides() {
    return op.causal() && !index.consecutive();
  }

  @Override
  public void hide(int query, int tile, MemorySegment scores, long at) {
    if (!hides()) {
      return;
    }
    int position = index.position(row(query));
    int end = Math.min(TILE, rowsOfSpan() - tile * TILE);
    for (int slot = 0; slot < end; slot++) {
      int other = index.position(index.row(index.start(span) + tile * TILE + slot));
      boolean seen = other <= position && (spec.window() == 0 || other > position - spec.window());
      if (!seen) {
        scores.set(ValueLayout.JAVA_FLOAT, at + 4L * slot, Float.NEGATIVE_INFINITY);
      }
    }
  }
}
