package dev.gatun.vector.op;

import static dev.gatun.vector.simd.Lanes.F32;
import static dev.gatun.vector.simd.Lanes.LE;
import static dev.gatun.vector.simd.Memory.ALL;
import static jdk.incubator.vector.VectorOperators.LT;

import dev.gatun.vector.simd.Lanes;
import dev.gatun.vector.simd.Memory;
import jdk.incubator.vector.FloatVector;

/**
 * Loops over functions of one input; y may be x. None is counted, which spares the compiler the
 * copies that it makes of counted loops.
 */
final class UnaryLoops {
  private UnaryLoops() {}

  /** {@code y = factor x + shift}, rounded once. A shift of -0 is none. */
  static void affine(long x, float factor, float shift, long y, int count) {
    long at = x;
    long vectors = x + 4L * (count & -Lanes.COUNT);
    long toY = y - x;
    while (at != vectors) {
      FloatVector.fromMemorySegment(F32, ALL, at, LE)
          .fma(FloatVector.broadcast(F32, factor), FloatVector.broadcast(F32, shift))
          .intoMemorySegment(ALL, at + toY, LE);
      at += Lanes.BYTES;
    }
    long end = x + 4L * count;
    while (at != end) {
      ALL.set(Memory.F32, at + toY, Math.fma(ALL.get(Memory.F32, at), factor, shift));
      at += 4;
    }
  }

  /** {@code y = 1 / (x + shift)}. A shift of -0 is none. */
  static void reciprocal(long x, float shift, long y, int count) {
    long at = x;
    long vectors = x + 4L * (count & -Lanes.COUNT);
    long toY = y - x;
    while (at != vectors) {
      FloatVector value = FloatVector.fromMemorySegment(F32, ALL, at, LE);
      FloatVector.broadcast(F32, 1)
          .div(value.add(FloatVector.broadcast(F32, shift)))
          .intoMemorySegment(ALL, at + toY, LE);
      at += Lanes.BYTES;
    }
    long end = x + 4L * count;
    while (at != end) {
      ALL.set(Memory.F32, at + toY, 1f / (ALL.get(Memory.F32, at) + shift));
      at += 4;
    }
  }

  static void abs(long x, long y, int count) {
    long at = x;
    long vectors = x + 4L * (count & -Lanes.COUNT);
    long toY = y - x;
    while (at != vectors) {
      FloatVector.fromMemorySegment(F32, ALL, at, LE).abs().intoMemorySegment(ALL, at + toY, LE);
      at += Lanes.BYTES;
    }
    long end = x + 4L * count;
    while (at != end) {
      ALL.set(Memory.F32, at + toY, Math.abs(ALL.get(Memory.F32, at)));
      at += 4;
    }
  }

  static void sqrt(long x, long y, int count) {
    long at = x;
    long vectors = x + 4L * (count & -Lanes.COUNT);
    long toY = y - x;
    while (at != vectors) {
      FloatVector.fromMemorySegment(F32, ALL, at, LE).sqrt().intoMemorySegment(ALL, at + toY, LE);
      at += Lanes.BYTES;
    }
    long end = x + 4L * count;
    while (at != end) {
      ALL.set(Memory.F32, at + toY, (float) Math.sqrt(ALL.get(Memory.F32, at)));
      at += 4;
    }
  }

  static void relu(long x, long y, int count) {
    long at = x;
    long vectors = x + 4L * (count & -Lanes.COUNT);
    long toY = y - x;
    while (at != vectors) {
      FloatVector value = FloatVector.fromMemorySegment(F32, ALL, at, LE);
      value.blend(0, value.compare(LT, 0)).intoMemorySegment(ALL, at + toY, LE);
      at += Lanes.BYTES;
    }
    long end = x + 4L * count;
    while (at != end) {
      float value = ALL.get(Memory.F32, at);
      ALL.set(Memory.F32, at + toY, value < 0 ? 0 : value);
      at += 4;
    }
  }

  /** Scalar: no model computes it often. */
  static void log(long x, long y, int count) {
    long toY = y - x;
    long end = x + 4L * count;
    for (long at = x; at != end; at += 4) {
      ALL.set(Memory.F32, at + toY, (float) Math.log(ALL.get(Memory.F32, at)));
    }
  }
}
