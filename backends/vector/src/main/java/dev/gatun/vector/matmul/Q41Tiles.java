package dev.gatun.vector.matmul;

import static dev.gatun.vector.simd.Lanes.F32;
import static dev.gatun.vector.simd.Lanes.I16;
import static dev.gatun.vector.simd.Lanes.I32;
import static dev.gatun.vector.simd.Lanes.LE;
import static dev.gatun.vector.simd.Memory.ALL;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LSHR;
import static jdk.incubator.vector.VectorOperators.ROR;
import static jdk.incubator.vector.VectorOperators.S2I;

import dev.gatun.tensor.DType;
import dev.gatun.vector.simd.Lanes;
import dev.gatun.vector.simd.Memory;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;

/**
 * Q4_1: {@code w = d q + m} with one scale and one minimum per 32 elements.
 *
 * <p>A tile is {@link RowGroups groups} of rows; a group is k/32 blocks: scales, then minimums, F16
 * [rows] each; then words [4][rows], each with eight fields as {@link Nibbles} says.
 */
final class Q41Tiles extends TileFormat {
  private static final int BLOCK = 32;
  private static final int BLOCK_BYTES = 20;
  private static final int SCALE_BYTES = 2 * RowGroups.ROWS;
  private static final int WORD_BYTES = 4 * RowGroups.ROWS;
  private static final int WORDS_BYTES = 4 * WORD_BYTES;
  private static final int STEP_BYTES = 2 * SCALE_BYTES + WORDS_BYTES;

  Q41Tiles() {
    super(DType.Q4_1);
  }

  @Override
  String layout() {
    return "q4_1.block." + RowGroups.ROWS;
  }

  @Override
  long tileBytes(int k) {
    return RowGroups.COUNT * groupBytes(k);
  }

  private static long groupBytes(int k) {
    return (long) k / BLOCK * STEP_BYTES;
  }

  @Override
  void pack(long rows, int count, int k, long tile) {
    int blocks = k / BLOCK;
    for (int block = 0; block < blocks; block++) {
      for (int r = 0; r < count; r++) {
        long from = rows + ((long) r * blocks + block) * BLOCK_BYTES;
        long step = RowGroups.at(tile, r, groupBytes(k)) + (long) block * STEP_BYTES;
        long scale = step - 2L * RowGroups.lane(r);
        ALL.set(Memory.I16, scale, ALL.get(Memory.I16, from));
        ALL.set(Memory.I16, scale + SCALE_BYTES, ALL.get(Memory.I16, from + 2));
        long word = step + 2L * SCALE_BYTES;
        for (int i = 0; i < 4; i++) {
          int quants = ALL.get(Memory.I32, from + 4 + 4L * i);
          ALL.set(Memory.I32, word + (long) i * WORD_BYTES, Nibbles.turn(quants));
        }
      }
    }
  }

  @Override
  void unpack(long tile, int k, int from, int to, long panel) {
    for (int row = 0; row < ROWS; row += Lanes.COUNT) {
      long words = RowGroups.at(tile, row, groupBytes(k)) + (long) (from / BLOCK) * STEP_BYTES;
      unpackRows(words, RowGroups.lane(row), (to - from) / BLOCK, partOf(panel, to - from, row));
    }
  }

  /** One vector of rows. */
  private static void unpackRows(long words, int lane, int blocks, long panel) {
    long word = words;
    long out = panel;
    for (int block = 0; block < blocks; block++) {
      long scale = word - 2L * lane;
      FloatVector d =
          ((IntVector) ShortVector.fromMemorySegment(I16, ALL, scale, LE).convertShape(S2I, I32, 0))
              .lanewise(LSHL, 13)
              .and(Halves.MASK)
              .reinterpretAsFloats()
              .mul(Halves.SCALE);
      FloatVector m =
          ((IntVector)
                  ShortVector.fromMemorySegment(I16, ALL, scale + SCALE_BYTES, LE)
                      .convertShape(S2I, I32, 0))
              .lanewise(LSHL, 13)
              .and(Halves.MASK)
              .reinterpretAsFloats()
              .mul(Halves.SCALE);
      word += 2L * SCALE_BYTES;
      long end = word + WORDS_BYTES;
      while (word != end) {
        IntVector u = IntVector.fromMemorySegment(I32, ALL, word, LE);
        IntVector uLeft = u.lanewise(LSHL, 8);
        IntVector uRight = u.lanewise(LSHR, 8);
        IntVector uTurned = u.lanewise(ROR, 16);
        FloatVector w0 =
            uTurned
                .and(Nibbles.HIGH)
                .or(Nibbles.HIGH_ONE)
                .reinterpretAsFloats()
                .add(Nibbles.HIGH_OFFSET)
                .fma(d, m);
        w0.intoMemorySegment(ALL, out, LE);
        FloatVector w1 =
            uLeft
                .and(Nibbles.LOW)
                .or(Nibbles.LOW_ONE)
                .reinterpretAsFloats()
                .add(Nibbles.LOW_OFFSET)
                .fma(d, m);
        w1.intoMemorySegment(ALL, out + 16 * PANEL_BYTES, LE);
        FloatVector w2 =
            uLeft
                .and(Nibbles.HIGH)
                .or(Nibbles.HIGH_ONE)
                .reinterpretAsFloats()
                .add(Nibbles.HIGH_OFFSET)
                .fma(d, m);
        w2.intoMemorySegment(ALL, out + 1 * PANEL_BYTES, LE);
        FloatVector w3 =
            u.and(Nibbles.LOW)
                .or(Nibbles.LOW_ONE)
                .reinterpretAsFloats()
                .add(Nibbles.LOW_OFFSET)
                .fma(d, m);
        w3.intoMemorySegment(ALL, out + 17 * PANEL_BYTES, LE);
        FloatVector w4 =
            u.and(Nibbles.HIGH)
                .or(Nibbles.HIGH_ONE)
                .reinterpretAsFloats()
                .add(Nibbles.HIGH_OFFSET)
                .fma(d, m);
        w4.intoMemorySegment(ALL, out + 2 * PANEL_BYTES, LE);
        FloatVector w5 =
            uRight
                .and(Nibbles.LOW)
                .or(Nibbles.LOW_ONE)
                .reinterpretAsFloats()
                .add(Nibbles.LOW_OFFSET)
                .fma(d, m);
        w5.intoMemorySegment(ALL, out + 18 * PANEL_BYTES, LE);
        FloatVector w6 =
            uRight
                .and(Nibbles.HIGH)
                .or(Nibbles.HIGH_ONE)
                .reinterpretAsFloats()
                .add(Nibbles.HIGH_OFFSET)
                .fma(d, m);
        w6.intoMemorySegment(ALL, out + 3 * PANEL_BYTES, LE);
        FloatVector w7 =
            uTurned
                .and(Nibbles.LOW)
                .or(Nibbles.LOW_ONE)
                .reinterpretAsFloats()
                .add(Nibbles.LOW_OFFSET)
                .fma(d, m);
        w7.intoMemorySegment(ALL, out + 19 * PANEL_BYTES, LE);
        word += WORD_BYTES;
        out += 4 * PANEL_BYTES;
      }
      out += 16 * PANEL_BYTES;
    }
  }

  @Override
  boolean streams() {
    return true;
  }

  @Override
  void dot(long tile, int k, long x, long sums, long y) {
    for (int row = 0; row < ROWS; row += 2 * Lanes.COUNT) {
      dotRows(RowGroups.at(tile, row, groupBytes(k)), k, x, sums, y + 4L * row);
    }
  }

  /** Two vectors of rows. */
  private static void dotRows(long words, int k, long x, long sums, long y) {
    IntVector low = IntVector.broadcast(I32, ALL.get(Memory.I32, Nibbles.LOW_AT));
    IntVector high = IntVector.broadcast(I32, ALL.get(Memory.I32, Nibbles.HIGH_AT));
    IntVector one = IntVector.broadcast(I32, ALL.get(Memory.I32, Nibbles.LOW_ONE_AT));
    long word = words;
    long from = x;
    long sum = sums;
    long last = words + (long) k / BLOCK * STEP_BYTES;
    FloatVector total0 = FloatVector.zero(F32);
    FloatVector total1 = FloatVector.zero(F32);
    while (word != last) {
      // The upper fields' sums are 16 times as large.
      float upper = ALL.get(Memory.F32, sum);
      float lower = ALL.get(Memory.F32, sum + 4);
      FloatVector a0 = FloatVector.broadcast(F32, Nibbles.LOW_OFFSET * upper);
      FloatVector a1 = a0;
      FloatVector b0 = FloatVector.broadcast(F32, Nibbles.LOW_OFFSET * lower);
      FloatVector b1 = b0;
      long scale = word;
      word += 2L * SCALE_BYTES;
      // Not counted, so that the compiler makes no copies of this loop for its four rounds.
      long end = word + WORDS_BYTES;
      while (word != end) {
        IntVector u = IntVector.fromMemorySegment(I32, ALL, word, LE);
        IntVector v = IntVector.fromMemorySegment(I32, ALL, word + Lanes.BYTES, LE);
        FloatVector x4 = FloatVector.broadcast(F32, ALL.get(Memory.F32, from + 8));
        a0 = u.and(high).or(one).reinterpretAsFloats().fma(x4, a0);
        a1 = v.and(high).or(one).reinterpretAsFloats().fma(x4, a1);
        FloatVector x3 = FloatVector.broadcast(F32, ALL.get(Memory.F32, from + 68));
        b0 = u.and(low).or(one).reinterpretAsFloats().fma(x3, b0);
        b1 = v.and(low).or(one).reinterpretAsFloats().fma(x3, b1);
        IntVector uLeft = u.lanewise(LSHL, 8);
        IntVector vLeft = v.lanewise(LSHL, 8);
        FloatVector x2 = FloatVector.broadcast(F32, ALL.get(Memory.F32, from + 4));
        a0 = uLeft.and(high).or(one).reinterpretAsFloats().fma(x2, a0);
        a1 = vLeft.and(high).or(one).reinterpretAsFloats().fma(x2, a1);
        FloatVector x1 = FloatVector.broadcast(F32, ALL.get(Memory.F32, from + 64));
        b0 = uLeft.and(low).or(one).reinterpretAsFloats().fma(x1, b0);
        b1 = vLeft.and(low).or(one).reinterpretAsFloats().fma(x1, b1);
        IntVector uRight = u.lanewise(LSHR, 8);
        IntVector vRight = v.lanewise(LSHR, 8);
        FloatVector x6 = FloatVector.broadcast(F32, ALL.get(Memory.F32, from + 12));
        a0 = uRight.and(high).or(one).reinterpretAsFloats().fma(x6, a0);
        a1 = vRight.and(high).or(one).reinterpretAsFloats().fma(x6, a1);
        FloatVector x5 = FloatVector.broadcast(F32, ALL.get(Memory.F32, from + 72));
        b0 = uRight.and(low).or(one).reinterpretAsFloats().fma(x5, b0);
        b1 = vRight.and(low).or(one).reinterpretAsFloats().fma(x5, b1);
        IntVector uTurned = u.lanewise(ROR, 16);
        IntVector vTurned = v.lanewise(ROR, 16);
        FloatVector x0 = FloatVector.broadcast(F32, ALL.get(Memory.F32, from));
        a0 = uTurned.and(high).or(one).reinterpretAsFloats().fma(x0, a0);
        a1 = vTurned.and(high).or(one).reinterpretAsFloats().fma(x0, a1);
        FloatVector x7 = FloatVector.broadcast(F32, ALL.get(Memory.F32, from + 76));
        b0 = uTurned.and(low).or(one).reinterpretAsFloats().fma(x7, b0);
        b1 = vTurned.and(low).or(one).reinterpretAsFloats().fma(x7, b1);
        word += WORD_BYTES;
        from += 16;
      }
      from += 64;
      FloatVector s0 =
          ((IntVector) ShortVector.fromMemorySegment(I16, ALL, scale, LE).convertShape(S2I, I32, 0))
              .lanewise(LSHL, 13)
              .and(Halves.MASK)
              .reinterpretAsFloats()
              .mul(Halves.SCALE);
      FloatVector s1 =
          ((IntVector)
                  ShortVector.fromMemorySegment(I16, ALL, scale + Lanes.BYTES / 2, LE)
                      .convertShape(S2I, I32, 0))
              .lanewise(LSHL, 13)
              .and(Halves.MASK)
              .reinterpretAsFloats()
              .mul(Halves.SCALE);
      total0 = s0.fma(a0.fma(FloatVector.broadcast(F32, 1f / 16), b0), total0);
      total1 = s1.fma(a1.fma(FloatVector.broadcast(F32, 1f / 16), b1), total1);
      FloatVector m0 =
          ((IntVector)
                  ShortVector.fromMemorySegment(I16, ALL, scale + SCALE_BYTES, LE)
                      .convertShape(S2I, I32, 0))
              .lanewise(LSHL, 13)
              .and(Halves.MASK)
              .reinterpretAsFloats()
              .mul(Halves.SCALE);
      FloatVector m1 =
          ((IntVector)
                  ShortVector.fromMemorySegment(I16, ALL, scale + SCALE_BYTES + Lanes.BYTES / 2, LE)
                      .convertShape(S2I, I32, 0))
              .lanewise(LSHL, 13)
              .and(Halves.MASK)
              .reinterpretAsFloats()
              .mul(Halves.SCALE);
      FloatVector blockSum = FloatVector.broadcast(F32, lower + upper);
      total0 = m0.fma(blockSum, total0);
      total1 = m1.fma(blockSum, total1);
      sum += 8;
    }
    total0.intoMemorySegment(ALL, y, LE);
    total1.intoMemorySegment(ALL, y + Lanes.BYTES, LE);
  }
}
