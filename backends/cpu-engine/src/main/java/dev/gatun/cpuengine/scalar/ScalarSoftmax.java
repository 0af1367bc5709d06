package dev.gatun.cpuengine.scalar;

import dev.gatun.cpuengine.kernel.SoftmaxKernel;
import java.lang.foreign.MemorySegment;

/** Softmax with the maximum subtracted. */
final class ScalarSoftmax implements SoftmaxKernel {
  @Override
  public void softmax(
      MemorySegment x,
      long xOffset,
      MemorySegment y,
      long yOffset,
      int columns,
      int fromRow,
      int toRow) {
    for (int row = fromRow; row < toRow; row++) {
      long from = xOffset + 4L * row * columns;
      long to = yOffset + 4L * row * columns;
      float max = Float.NEGATIVE_INFINITY;
      for (int i = 0; i < columns; i++) {
        max = Math.max(max, Floats.get(x, from, i));
      }
      double sum = 0;
      for (int i = 0; i < columns; i++) {
        float weight = (float) Math.exp(Floats.get(x, from, i) - max);
        sum += weight;
        Floats.set(y, to, i, weight);
      }
      float factor = (float) (1 / sum);
      for (int i = 0; i < columns; i++) {
        Floats.set(y, to, i, Floats.get(y, to, i) * factor);
      }
    }
  }
}
