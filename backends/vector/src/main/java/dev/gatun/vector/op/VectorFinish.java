package dev.gatun.vector.op;

import static dev.gatun.vector.simd.Lanes.F32;
import static dev.gatun.vector.simd.Lanes.LE;
import static dev.gatun.vector.simd.Memory.ALL;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LT;

import dev.gatun.cpuengine.kernel.Finish;
import dev.gatun.engine.finish.FinishPart;
import dev.gatun.vector.simd.Lanes;
import dev.gatun.vector.simd.Memory;
import java.lang.foreign.MemorySegment;
import java.util.List;
import jdk.incubator.vector.FloatVector;

/** What happens to results while they are in the cache. */
final class VectorFinish {
  /** Elements that stay in the first cache from part to part. */
  private static final int BLOCK = 1024;

  private VectorFinish() {}

  /**
   * Does all parts.
   *
   * @param y the result's first element, {@code element} elements before where this begins
   */
  static void run(Finish finish, long x, long y, long element, int count) {
    List<FinishPart> parts = finish.parts();
    if (parts.isEmpty()) {
      MemorySegment.copy(ALL, x, ALL, y + 4 * element, 4L * count);
      return;
    }
    for (int i = 0; i < count; i += BLOCK) {
      int n = Math.min(BLOCK, count - i);
      long at = y + 4 * (element + i);
      for (int part = 0; part < parts.size(); part++) {
        part(finish, parts.get(part), part == 0 ? x + 4L * i : at, at, element + i, n);
      }
    }
  }

  private static void part(
      Finish finish, FinishPart part, long x, long y, long element, int count) {
    switch (part) {
      case FinishPart.Curve curve -> {
        if (curve.gated()) {
          gate(curve, x, y, count);
        } else {
          curve(curve, x, y, count);
        }
      }
      case FinishPart.Function function ->
          VectorElementwise.unary(function.function(), x, y, count);
      case FinishPart.Other other -> {
        MemorySegment segment = finish.others()[other.other()];
        long at = finish.othersAt()[other.other()] + 4 * element;
        long z = Memory.address(segment, at, 4L * count);
        long a = other.reversed() ? z : x;
        VectorElementwise.binary(other.function(), a, other.reversed() ? x : z, y, count);
      }
    }
  }

  private static void curve(FinishPart.Curve c, long x, long y, int count) {
    float factor = c.factor();
    float shift = c.shift();
    float low = c.low();
    float high = c.high();
    float lastFactor = c.lastFactor();
    float lastShift = c.lastShift();
    long at = x;
    long vectors = x + 4L * (count & -Lanes.COUNT);
    long toY = y - x;
    while (at != vectors) {
      FloatVector u =
          FloatVector.fromMemorySegment(F32, ALL, at, LE)
              .fma(FloatVector.broadcast(F32, factor), FloatVector.broadcast(F32, shift));
      u = u.blend(low, u.compare(LT, low));
      u.blend(high, u.compare(GT, high))
          .fma(FloatVector.broadcast(F32, lastFactor), FloatVector.broadcast(F32, lastShift))
          .intoMemorySegment(ALL, at + toY, LE);
      at += Lanes.BYTES;
    }
    long end = x + 4L * count;
    while (at != end) {
      float u = Math.fma(ALL.get(Memory.F32, at), factor, shift);
      u = u < low ? low : u;
      u = u > high ? high : u;
      ALL.set(Memory.F32, at + toY, Math.fma(u, lastFactor, lastShift));
      at += 4;
    }
  }

  private static void gate(FinishPart.Curve c, long x, long y, int count) {
    float factor = c.factor();
    float shift = c.shift();
    float low = c.low();
    float high = c.high();
    float lastFactor = c.lastFactor();
    float lastShift = c.lastShift();
    long at = x;
    long vectors = x + 4L * (count & -Lanes.COUNT);
    long toY = y - x;
    while (at != vectors) {
      FloatVector value = FloatVector.fromMemorySegment(F32, ALL, at, LE);
      FloatVector u =
          value.fma(FloatVector.broadcast(F32, factor), FloatVector.broadcast(F32, shift));
      u = u.blend(low, u.compare(LT, low));
      u.blend(high, u.compare(GT, high))
          .mul(value)
          .fma(FloatVector.broadcast(F32, lastFactor), FloatVector.broadcast(F32, lastShift))
          .intoMemorySegment(ALL, at + toY, LE);
      at += Lanes.BYTES;
    }
    long end = x + 4L * count;
    while (at != end) {
      float value = ALL.get(Memory.F32, at);
      float u = Math.fma(value, factor, shift);
      u = u < low ? low : u;
      u = u > high ? high : u;
      ALL.set(Memory.F32, at + toY, Math.fma(u * value, lastFactor, lastShift));
      at += 4;
    }
  }
}
