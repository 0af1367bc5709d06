package dev.gatun.vector.op;

import static dev.gatun.vector.simd.Lanes.F32;
import static dev.gatun.vector.simd.Lanes.LE;
import static dev.gatun.vector.simd.Memory.ALL;

import dev.gatun.cpuengine.kernel.RotaryKernel;
import dev.gatun.vector.simd.Lanes;
import dev.gatun.vector.simd.Memory;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;

/** Rotates as many pairs at once as a vector has lanes. */
final class VectorRotary implements RotaryKernel {
  /** The other of two neighbours. */
  private static final VectorShuffle<Float> OTHER = VectorShuffle.fromOp(F32, i -> i ^ 1);

  /** Each lane of the lower half twice, and of the upper half. */
  private static final VectorShuffle<Float> LOWER = VectorShuffle.fromOp(F32, i -> i / 2);

  private static final VectorShuffle<Float> UPPER =
      VectorShuffle.fromOp(F32, i -> (i + Lanes.COUNT) / 2);

  /** The first of two neighbours. */
  private static final VectorMask<Float> FIRST = VectorMask.fromLong(F32, 0x5555_5555L);

  @Override
  public void rotate(
      MemorySegment x,
      long xOffset,
      MemorySegment table,
      long cosine,
      long sine,
      MemorySegment y,
      long yOffset,
      int heads,
      int headDim,
      int offset,
      int rotaryDim,
      boolean interleaved,
      int fromRow,
      int toRow) {
    int half = rotaryDim / 2;
    long bytes = 4L * heads * headDim * toRow;
    long from = Memory.address(x, xOffset, bytes);
    long to = Memory.address(y, yOffset, bytes);
    long cosines = Memory.address(table, cosine, 4L * half * toRow);
    long toSine = Memory.address(table, sine, 4L * half * toRow) - cosines;
    for (int row = fromRow; row < toRow; row++) {
      long angles = cosines + 4L * row * half;
      for (int head = 0; head < heads; head++) {
        long start = 4L * ((long) row * heads + head) * headDim;
        long at = start + 4L * offset;
        if (interleaved) {
          neighbours(from + at, angles, toSine, to + at, half);
        } else {
          halves(from + at, angles, toSine, to + at, half);
        }
        if (from != to && rotaryDim < headDim) {
          copy(from + start, to + start, offset);
          long rest = at + 4L * rotaryDim;
          copy(from + rest, to + rest, headDim - offset - rotaryDim);
        }
      }
    }
  }

  private static void copy(long x, long y, int count) {
    MemorySegment.copy(ALL, x, ALL, y, 4L * count);
  }

  private static void halves(long x, long cosine, long toSine, long y, int half) {
    long distance = 4L * half;
    long at = x;
    long angle = cosine;
    long vectors = x + 4L * (half & -Lanes.COUNT);
    long toY = y - x;
    while (at != vectors) {
      FloatVector a = FloatVector.fromMemorySegment(F32, ALL, at, LE);
      FloatVector b = FloatVector.fromMemorySegment(F32, ALL, at + distance, LE);
      FloatVector c = FloatVector.fromMemorySegment(F32, ALL, angle, LE);
      FloatVector s = FloatVector.fromMemorySegment(F32, ALL, angle + toSine, LE);
      a.mul(c).sub(b.mul(s)).intoMemorySegment(ALL, at + toY, LE);
      a.mul(s).add(b.mul(c)).intoMemorySegment(ALL, at + toY + distance, LE);
      at += Lanes.BYTES;
      angle += Lanes.BYTES;
    }
    pairs(at, distance, angle, toSine, at + toY, 4, cosine + 4L * half);
  }

  private static void neighbours(long x, long cosine, long toSine, long y, int half) {
    long at = x;
    long angle = cosine;
    long vectors = x + 8L * (half & -Lanes.COUNT);
    long toY = y - x;
    while (at != vectors) {
      FloatVector c = FloatVector.fromMemorySegment(F32, ALL, angle, LE);
      FloatVector s = FloatVector.fromMemorySegment(F32, ALL, angle + toSine, LE);
      FloatVector lower = FloatVector.fromMemorySegment(F32, ALL, at, LE);
      FloatVector across = lower.rearrange(OTHER).mul(s.rearrange(LOWER));
      lower
          .mul(c.rearrange(LOWER))
          .add(across.blend(across.neg(), FIRST))
          .intoMemorySegment(ALL, at + toY, LE);
      at += Lanes.BYTES;
      FloatVector upper = FloatVector.fromMemorySegment(F32, ALL, at, LE);
      across = upper.rearrange(OTHER).mul(s.rearrange(UPPER));
      upper
          .mul(c.rearrange(UPPER))
          .add(across.blend(across.neg(), FIRST))
          .intoMemorySegment(ALL, at + toY, LE);
      at += Lanes.BYTES;
      angle += Lanes.BYTES;
    }
    pairs(at, 4, angle, toSine, at + toY, 8, cosine + 4L * half);
  }

  /**
   * Pairs whose angles lie before {@code end}, one by one.
   *
   * @param distance between the two of a pair
   * @param step from one pair to the next
   */
  private static void pairs(
      long x, long distance, long cosine, long toSine, long y, long step, long end) {
    long from = x;
    long to = y;
    for (long angle = cosine; angle != end; angle += 4) {
      float a = ALL.get(Memory.F32, from);
      float b = ALL.get(Memory.F32, from + distance);
      float c = ALL.get(Memory.F32, angle);
      float s = ALL.get(Memory.F32, angle + toSine);
      ALL.set(Memory.F32, to, a * c - b * s);
      ALL.set(Memory.F32, to + distance, a * s + b * c);
      from += step;
      to += step;
    }
  }
}
