package dev.gatun.vector.op;

import static dev.gatun.vector.simd.Lanes.F32;
import static dev.gatun.vector.simd.Lanes.LE;
import static dev.gatun.vector.simd.Memory.ALL;

import dev.gatun.cpuengine.kernel.NormalizationKernels;
import dev.gatun.vector.simd.Lanes;
import dev.gatun.vector.simd.Memory;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/** Normalizations, a row at a time. */
final class VectorNormalization implements NormalizationKernels {
  @Override
  public void rms(
      MemorySegment x,
      long xOffset,
      MemorySegment scale,
      long scaleOffset,
      MemorySegment y,
      long yOffset,
      int columns,
      double epsilon,
      int fromRow,
      int toRow) {
    long bytes = 4L * columns;
    long from = Memory.address(x, xOffset, bytes * toRow);
    long factors = Memory.address(scale, scaleOffset, bytes);
    long to = Memory.address(y, yOffset, bytes * toRow);
    for (int row = fromRow; row < toRow; row++) {
      long at = from + bytes * row;
      float factor = factor(at, columns, epsilon);
      scale(at, factor, factors, to + bytes * row, columns);
    }
  }

  @Override
  public void layer(
      MemorySegment x,
      long xOffset,
      MemorySegment scale,
      long scaleOffset,
      MemorySegment bias,
      long biasOffset,
      MemorySegment y,
      long yOffset,
      int columns,
      double epsilon,
      int fromRow,
      int toRow) {
    long bytes = 4L * columns;
    long from = Memory.address(x, xOffset, bytes * toRow);
    long factors = Memory.address(scale, scaleOffset, bytes);
    long summands = bias == null ? 0 : Memory.address(bias, biasOffset, bytes);
    long to = Memory.address(y, yOffset, bytes * toRow);
    for (int row = fromRow; row < toRow; row++) {
      long at = from + bytes * row;
      long result = to + bytes * row;
      UnaryLoops.affine(at, 1, -Reductions.sum(at, columns) / columns, result, columns);
      scale(result, factor(result, columns, epsilon), factors, result, columns);
      if (bias != null) {
        BinaryLoops.add(result, summands, result, columns);
      }
    }
  }

  private static float factor(long x, int count, double epsilon) {
    return (float) (1 / Math.sqrt((double) Reductions.dot(x, x, count) / count + epsilon));
  }

  /** {@code y = factor x scale}; y may be x. */
  private static void scale(long x, float factor, long scale, long y, int count) {
    long at = x;
    long vectors = x + 4L * (count & -Lanes.COUNT);
    long toScale = scale - x;
    long toY = y - x;
    while (at != vectors) {
      FloatVector.fromMemorySegment(F32, ALL, at, LE)
          .mul(FloatVector.broadcast(F32, factor))
          .mul(FloatVector.fromMemorySegment(F32, ALL, at + toScale, LE))
          .intoMemorySegment(ALL, at + toY, LE);
      at += Lanes.BYTES;
    }
    long end = x + 4L * count;
    while (at != end) {
      float value = ALL.get(Memory.F32, at) * factor * ALL.get(Memory.F32, at + toScale);
      ALL.set(Memory.F32, at + toY, value);
      at += 4;
    }
  }
}
