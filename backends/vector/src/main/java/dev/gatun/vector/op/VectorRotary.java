package dev.gatun.vector.op;

import dev.gatun.cpuengine.kernel.RotaryKernel;
import dev.gatun.vector.simd.Lanes;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorShuffle;

/** Rotates as many pairs at once as a vector has lanes. */
final class VectorRotary implements RotaryKernel {
  private static final int LANES = Lanes.COUNT;

  /** First, then second elements of pairs that lie side by side in two vectors. */
  private static final VectorShuffle<Float> FIRSTS =
      VectorShuffle.fromOp(Lanes.F32, i -> pick(2 * i));

  private static final VectorShuffle<Float> SECONDS =
      VectorShuffle.fromOp(Lanes.F32, i -> pick(2 * i + 1));

  /** The reverse, for the lower and for the upper half of the pairs. */
  private static final VectorShuffle<Float> LOWER =
      VectorShuffle.fromOp(Lanes.F32, i -> i / 2 - (i % 2 == 0 ? 0 : LANES));

  private static final VectorShuffle<Float> UPPER =
      VectorShuffle.fromOp(Lanes.F32, i -> (i + LANES) / 2 - (i % 2 == 0 ? 0 : LANES));

  /** Index i of two joined vectors, the second of which has negative indices. */
  private static int pick(int i) {
    return i < LANES ? i : i - 2 * LANES;
  }

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
    boolean moved = !x.equals(y) || xOffset != yOffset;
    for (int row = fromRow; row < toRow; row++) {
      long cos = cosine + 4L * row * half;
      long sin = sine + 4L * row * half;
      for (int head = 0; head < heads; head++) {
        long at = 4L * (((long) row * heads + head) * headDim + offset);
        if (interleaved) {
          neighbours(x, xOffset + at, table, cos, sin, y, yOffset + at, half);
        } else {
          halves(x, xOffset + at, table, cos, sin, y, yOffset + at, half);
        }
        if (moved && rotaryDim < headDim) {
          long start = at - 4L * offset;
          copy(x, xOffset + start, y, yOffset + start, offset);
          long rest = at + 4L * rotaryDim;
          copy(x, xOffset + rest, y, yOffset + rest, headDim - offset - rotaryDim);
        }
      }
    }
  }

  private static void copy(MemorySegment x, long from, MemorySegment y, long to, int count) {
    MemorySegment.copy(x, from, y, to, 4L * count);
  }

  private static void halves(
      MemorySegment x,
      long from,
      MemorySegment table,
      long cos,
      long sin,
      MemorySegment y,
      long to,
      int half) {
    long distance = 4L * half;
    int i = 0;
    for (; i <= half - LANES; i += LANES) {
      long shift = 4L * i;
      FloatVector a = FloatVector.fromMemorySegment(Lanes.F32, x, from + shift, Lanes.LE);
      FloatVector b =
          FloatVector.fromMemorySegment(Lanes.F32, x, from + distance + shift, Lanes.LE);
      FloatVector c = FloatVector.fromMemorySegment(Lanes.F32, table, cos + shift, Lanes.LE);
      FloatVector s = FloatVector.fromMemorySegment(Lanes.F32, table, sin + shift, Lanes.LE);
      a.mul(c).sub(b.mul(s)).intoMemorySegment(y, to + shift, Lanes.LE);
      a.mul(s).add(b.mul(c)).intoMemorySegment(y, to + distance + shift, Lanes.LE);
    }
    for (; i < half; i++) {
      pair(x, from + 4L * i, distance, table, cos + 4L * i, sin + 4L * i, y, to + 4L * i);
    }
  }

  private static void neighbours(
      MemorySegment x,
      long from,
      MemorySegment table,
      long cos,
      long sin,
      MemorySegment y,
      long to,
      int half) {
    int i = 0;
    for (; i <= half - LANES; i += LANES) {
      long shift = 8L * i;
      FloatVector low = FloatVector.fromMemorySegment(Lanes.F32, x, from + shift, Lanes.LE);
      FloatVector high =
          FloatVector.fromMemorySegment(Lanes.F32, x, from + shift + Lanes.BYTES, Lanes.LE);
      FloatVector a = low.rearrange(FIRSTS, high);
      FloatVector b = low.rearrange(SECONDS, high);
      FloatVector c = FloatVector.fromMemorySegment(Lanes.F32, table, cos + 4L * i, Lanes.LE);
      FloatVector s = FloatVector.fromMemorySegment(Lanes.F32, table, sin + 4L * i, Lanes.LE);
      FloatVector p = a.mul(c).sub(b.mul(s));
      FloatVector q = a.mul(s).add(b.mul(c));
      p.rearrange(LOWER, q).intoMemorySegment(y, to + shift, Lanes.LE);
      p.rearrange(UPPER, q).intoMemorySegment(y, to + shift + Lanes.BYTES, Lanes.LE);
    }
    for (; i < half; i++) {
      pair(x, from + 8L * i, 4, table, cos + 4L * i, sin + 4L * i, y, to + 8L * i);
    }
  }

  private static void pair(
      MemorySegment x,
      long from,
      long distance,
      MemorySegment table,
      long cos,
      long sin,
      MemorySegment y,
      long to) {
    float a = x.get(ValueLayout.JAVA_FLOAT_UNALIGNED, from);
    float b = x.get(ValueLayout.JAVA_FLOAT_UNALIGNED, from + distance);
    float c = table.get(ValueLayout.JAVA_FLOAT_UNALIGNED, cos);
    float s = table.get(ValueLayout.JAVA_FLOAT_UNALIGNED, sin);
    y.set(ValueLayout.JAVA_FLOAT_UNALIGNED, to, a * c - b * s);
    y.set(ValueLayout.JAVA_FLOAT_UNALIGNED, to + distance, a * s + b * c);
  }
}
