package dev.gatun.cpuengine.step;

import dev.gatun.cpuengine.kernel.ElementwiseKernels;
import dev.gatun.engine.batch.SplitIndex;
import dev.gatun.engine.size.Extent;
import dev.gatun.engine.size.SizeBound;
import dev.gatun.graph.op.Attention;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Results of attention over parts of the keys: per row, split and key-value head the sums F32
 * [group, valueDim], then maxima and sums of weights F32 [group, 2].
 */
public final class PartialSums {
  private PartialSums() {}

  /** Bytes of those of the largest submission. */
  public static long bytes(Attention op, Extent rows, SizeBound bound) {
    long most = Math.min(bound.of(rows), (long) SplitIndex.FEW_ROWS * bound.sequences());
    return Math.multiplyExact(most, rowBytes(op));
  }

  private static long rowBytes(Attention op) {
    return (long) SplitIndex.MOST * op.spec().kvHeads() * headBytes(op);
  }

  private static long headBytes(Attention op) {
    int group = op.heads() / op.spec().kvHeads();
    return 4L * group * (op.spec().effectiveValueDim() + 2);
  }

  static long at(Attention op, int row, int split, int kvHead) {
    return row * rowBytes(op) + ((long) split * op.spec().kvHeads() + kvHead) * headBytes(op);
  }

  /**
   * A row's results of one key-value head from those of its splits, in the splits' order.
   *
   * @param splits how many
   * @param y [group, valueDim]
   */
  static void combine(
      ElementwiseKernels elementwise,
      Attention op,
      MemorySegment partial,
      long base,
      int splits,
      int kvHead,
      MemorySegment y,
      long yAt) {
    int group = op.heads() / op.spec().kvHeads();
    int dim = op.spec().effectiveValueDim();
    for (int query = 0; query < group; query++) {
      long stats = base + 4L * group * dim + 8L * query;
      float max = Float.NEGATIVE_INFINITY;
      for (int split = 0; split < splits; split++) {
        max = Math.max(max, get(partial, stats + at(op, 0, split, kvHead)));
      }
      float total = 0;
      for (int split = 0; split < splits; split++) {
        long at = stats + at(op, 0, split, kvHead);
        total += factor(get(partial, at), max) * get(partial, at + 4);
      }
      long to = yAt + 4L * query * dim;
      y.asSlice(to, 4L * dim).fill((byte) 0);
      for (int split = 0; split < splits; split++) {
        long at = at(op, 0, split, kvHead);
        float factor = factor(get(partial, stats + at), max) / total;
        elementwise.addScaled(partial, base + at + 4L * query * dim, factor, y, to, dim);
      }
    }
  }

  /** Splits in which nothing is seen count for nothing, even where nothing is seen in any. */
  private static float factor(float max, float all) {
    return max == Float.NEGATIVE_INFINITY ? 0 : (float) Math.exp(max - all);
  }

  private static float get(MemorySegment memory, long at) {
    return memory.get(ValueLayout.JAVA_FLOAT, at);
  }
}
