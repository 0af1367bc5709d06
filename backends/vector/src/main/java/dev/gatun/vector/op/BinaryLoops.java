package dev.gatun.vector.op;

import static dev.gatun.vector.simd.Lanes.F32;
import static dev.gatun.vector.simd.Lanes.LE;
import static dev.gatun.vector.simd.Memory.ALL;

import dev.gatun.vector.simd.Lanes;
import dev.gatun.vector.simd.Memory;
import jdk.incubator.vector.FloatVector;

/** Loops over functions of two inputs; y may be either. */
final class BinaryLoops {
  private BinaryLoops() {}

  static void add(long a, long b, long y, int count) {
    long at = a;
    long vectors = a + 4L * (count & -Lanes.COUNT);
    long toB = b - a;
    long toY = y - a;
    while (at != vectors) {
      FloatVector.fromMemorySegment(F32, ALL, at, LE)
          .add(FloatVector.fromMemorySegment(F32, ALL, at + toB, LE))
          .intoMemorySegment(ALL, at + toY, LE);
      at += Lanes.BYTES;
    }
    long end = a + 4L * count;
    while (at != end) {
      float value = ALL.get(Memory.F32, at) + ALL.get(Memory.F32, at + toB);
      ALL.set(Memory.F32, at + toY, value);
      at += 4;
    }
  }

  static void sub(long a, long b, long y, int count) {
    long at = a;
    long vectors = a + 4L * (count & -Lanes.COUNT);
    long toB = b - a;
    long toY = y - a;
    while (at != vectors) {
      FloatVector.fromMemorySegment(F32, ALL, at, LE)
          .sub(FloatVector.fromMemorySegment(F32, ALL, at + toB, LE))
          .intoMemorySegment(ALL, at + toY, LE);
      at += Lanes.BYTES;
    }
    long end = a + 4L * count;
    while (at != end) {
      float value = ALL.get(Memory.F32, at) - ALL.get(Memory.F32, at + toB);
      ALL.set(Memory.F32, at + toY, value);
      at += 4;
    }
  }

  static void mul(long a, long b, long y, int count) {
    long at = a;
    long vectors = a + 4L * (count & -Lanes.COUNT);
    long toB = b - a;
    long toY = y - a;
    while (at != vectors) {
      FloatVector.fromMemorySegment(F32, ALL, at, LE)
          .mul(FloatVector.fromMemorySegment(F32, ALL, at + toB, LE))
          .intoMemorySegment(ALL, at + toY, LE);
      at += Lanes.BYTES;
    }
    long end = a + 4L * count;
    while (at != end) {
      float value = ALL.get(Memory.F32, at) * ALL.get(Memory.F32, at + toB);
      ALL.set(Memory.F32, at + toY, value);
      at += 4;
    }
  }

  static void div(long a, long b, long y, int count) {
    long at = a;
    long vectors = a + 4L * (count & -Lanes.COUNT);
    long toB = b - a;
    long toY = y - a;
    while (at != vectors) {
      FloatVector.fromMemorySegment(F32, ALL, at, LE)
          .div(FloatVector.fromMemorySegment(F32, ALL, at + toB, LE))
          .intoMemorySegment(ALL, at + toY, LE);
      at += Lanes.BYTES;
    }
    long end = a + 4L * count;
    while (at != end) {
      float value = ALL.get(Memory.F32, at) / ALL.get(Memory.F32, at + toB);
      ALL.set(Memory.F32, at + toY, value);
      at += 4;
    }
  }

  static void div(long a, float b, long y, int count) {
    long at = a;
    long vectors = a + 4L * (count & -Lanes.COUNT);
    long toY = y - a;
    while (at != vectors) {
      FloatVector.fromMemorySegment(F32, ALL, at, LE)
          .div(FloatVector.broadcast(F32, b))
          .intoMemorySegment(ALL, at + toY, LE);
      at += Lanes.BYTES;
    }
    long end = a + 4L * count;
    while (at != end) {
      ALL.set(Memory.F32, at + toY, ALL.get(Memory.F32, at) / b);
      at += 4;
    }
  }

  /** {@code y += factor x}. */
  static void addScaled(long x, float factor, long y, int count) {
    long at = x;
    long vectors = x + 4L * (count & -Lanes.COUNT);
    long toY = y - x;
    while (at != vectors) {
      FloatVector.fromMemorySegment(F32, ALL, at, LE)
          .mul(FloatVector.broadcast(F32, factor))
          .add(FloatVector.fromMemorySegment(F32, ALL, at + toY, LE))
          .intoMemorySegment(ALL, at + toY, LE);
      at += Lanes.BYTES;
    }
    long end = x + 4L * count;
    while (at != end) {
      float sum = ALL.get(Memory.F32, at + toY) + factor * ALL.get(Memory.F32, at);
      ALL.set(Memory.F32, at + toY, sum);
      at += 4;
    }
  }
}
