package dev.gatun.vector.matmul;

import static dev.gatun.vector.simd.Lanes.F32;
import static dev.gatun.vector.simd.Lanes.I16;
import static dev.gatun.vector.simd.Lanes.I32;
import static dev.gatun.vector.simd.Lanes.LE;
import static dev.gatun.vector.simd.Memory.ALL;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.S2I;

import dev.gatun.tensor.DType;
import dev.gatun.vector.simd.Lanes;
import dev.gatun.vector.simd.Memory;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;

/** F16, [k][32]. Infinite weights count as 65536 and NaN as a larger number: no model has them. */
final class F16Tiles extends TileFormat {
  private static final int STEP_BYTES = 2 * ROWS;

  F16Tiles() {
    super(DType.F16);
  }

  @Override
  String layout() {
    return "f16.32";
  }

  @Override
  long tileBytes(int k) {
    return (long) k * STEP_BYTES;
  }

  @Override
  void pack(long rows, int count, int k, long tile) {
    for (int i = 0; i < k; i++) {
      for (int r = 0; r < count; r++) {
        short value = ALL.get(Memory.I16, rows + 2L * r * k + 2L * i);
        ALL.set(Memory.I16, tile + (long) i * STEP_BYTES + 2L * r, value);
      }
    }
  }

  @Override
  void unpack(long tile, int k, int from, int to, long panel) {
    for (int row = 0; row < ROWS; row += Lanes.COUNT) {
      long at = tile + (long) from * STEP_BYTES + 2L * row;
      long end = tile + (long) to * STEP_BYTES + 2L * row;
      long out = partOf(panel, to - from, row);
      while (at != end) {
        FloatVector w =
            ((IntVector) ShortVector.fromMemorySegment(I16, ALL, at, LE).convertShape(S2I, I32, 0))
                .lanewise(LSHL, 13)
                .and(Halves.MASK)
                .reinterpretAsFloats()
                .mul(Halves.SCALE);
        w.intoMemorySegment(ALL, out, LE);
        at += STEP_BYTES;
        out += PANEL_BYTES;
      }
    }
  }

  @Override
  boolean streams() {
    return true;
  }

  @Override
  void dot(long tile, int k, long x, long sums, long y) {
    for (int row = 0; row < ROWS; row += 2 * Lanes.COUNT) {
      dotRows(tile + 2L * row, k, x, y + 4L * row);
    }
  }

  /** Two vectors of rows. */
  private static void dotRows(long at, int k, long x, long y) {
    FloatVector a = FloatVector.zero(F32);
    FloatVector b = a;
    for (int i = 0; i < k; i++) {
      long low = at + (long) i * STEP_BYTES;
      long high = low + Lanes.BYTES / 2;
      FloatVector v = FloatVector.broadcast(F32, ALL.get(Memory.F32, x + 4L * i));
      FloatVector u =
          ((IntVector) ShortVector.fromMemorySegment(I16, ALL, low, LE).convertShape(S2I, I32, 0))
              .lanewise(LSHL, 13)
              .and(Halves.MASK)
              .reinterpretAsFloats()
              .mul(Halves.SCALE);
      FloatVector w =
          ((IntVector) ShortVector.fromMemorySegment(I16, ALL, high, LE).convertShape(S2I, I32, 0))
              .lanewise(LSHL, 13)
              .and(Halves.MASK)
              .reinterpretAsFloats()
              .mul(Halves.SCALE);
      a = u.fma(v, a);
      b = w.fma(v, b);
    }
    a.intoMemorySegment(ALL, y, LE);
    b.intoMemorySegment(ALL, y + Lanes.BYTES, LE);
  }
}
