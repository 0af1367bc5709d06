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
 * Q4_0: {@code w = d (q - 8)} with one scale per 32 elements.
 *
 * <p>A tile is k/32 blocks: scales, F16 [32]; then words [4][32], each with eight fields as {@link
 * Nibbles} says.
 */
final class Q40Tiles extends TileFormat {
  private static final int BLOCK = 32;
  private static final int BLOCK_BYTES = 18;
  private static final int SCALE_BYTES = 2 * ROWS;
  private static final int WORD_BYTES = 4 * ROWS;
  private static final int WORDS_BYTES = 4 * WORD_BYTES;
  private static final int STEP_BYTES = SCALE_BYTES + WORDS_BYTES;

  Q40Tiles() {
    super(DType.Q4_0);
  }

  @Override
  String layout() {
    return "q4_0.block.32";
  }

  @Override
  long tileBytes(int k) {
    return (long) k / BLOCK * STEP_BYTES;
  }

  @Override
  void pack(long rows, int count, int k, long tile) {
    int blocks = k / BLOCK;
    for (int block = 0; block < blocks; block++) {
      for (int r = 0; r < count; r++) {
        long from = rows + ((long) r * blocks + block) * BLOCK_BYTES;
        long step = tile + (long) block * STEP_BYTES;
        ALL.set(Memory.I16, step + 2L * r, ALL.get(Memory.I16, from));
        long word = step + SCALE_BYTES + 4L * r;
        for (int i = 0; i < 4; i++) {
          int quants = ALL.get(Memory.I32, from + 2 + 4L * i);
          ALL.set(Memory.I32, word + (long) i * WORD_BYTES, Nibbles.turn(quants));
        }
      }
    }
  }

  @Override
  void unpack(long tile, int k, int from, int to, long panel) {
    for (int row = 0; row < ROWS; row += Lanes.COUNT) {
      unpackRows(tile, row, from / BLOCK, to / BLOCK, panel + 4L * row);
    }
  }

  /** One vector of rows from {@code row} on. */
  private static void unpackRows(long tile, int row, int from, int to, long panel) {
    long out = panel;
    for (int block = from; block < to; block++) {
      long step = tile + (long) block * STEP_BYTES;
      FloatVector d =
          ((IntVector)
                  ShortVector.fromMemorySegment(I16, ALL, step + 2L * row, LE)
                      .convertShape(S2I, I32, 0))
              .lanewise(LSHL, 13)
              .and(Halves.MASK)
              .reinterpretAsFloats()
              .mul(Halves.SCALE);
      long word = step + SCALE_BYTES + 4L * row;
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
                .add(Nibbles.HIGH_OFFSET_SIGNED)
                .mul(d);
        w0.intoMemorySegment(ALL, out, LE);
        FloatVector w1 =
            uLeft
                .and(Nibbles.LOW)
                .or(Nibbles.LOW_ONE)
                .reinterpretAsFloats()
                .add(Nibbles.LOW_OFFSET_SIGNED)
                .mul(d);
        w1.intoMemorySegment(ALL, out + 16 * PANEL_BYTES, LE);
        FloatVector w2 =
            uLeft
                .and(Nibbles.HIGH)
                .or(Nibbles.HIGH_ONE)
                .reinterpretAsFloats()
                .add(Nibbles.HIGH_OFFSET_SIGNED)
                .mul(d);
        w2.intoMemorySegment(ALL, out + 1 * PANEL_BYTES, LE);
        FloatVector w3 =
            u.and(Nibbles.LOW)
                .or(Nibbles.LOW_ONE)
                .reinterpretAsFloats()
                .add(Nibbles.LOW_OFFSET_SIGNED)
                .mul(d);
        w3.intoMemorySegment(ALL, out + 17 * PANEL_BYTES, LE);
        FloatVector w4 =
            u.and(Nibbles.HIGH)
                .or(Nibbles.HIGH_ONE)
                .reinterpretAsFloats()
                .add(Nibbles.HIGH_OFFSET_SIGNED)
                .mul(d);
        w4.intoMemorySegment(ALL, out + 2 * PANEL_BYTES, LE);
        FloatVector w5 =
            uRight
                .and(Nibbles.LOW)
                .or(Nibbles.LOW_ONE)
                .reinterpretAsFloats()
                .add(Nibbles.LOW_OFFSET_SIGNED)
                .mul(d);
        w5.intoMemorySegment(ALL, out + 18 * PANEL_BYTES, LE);
        FloatVector w6 =
            uRight
                .and(Nibbles.HIGH)
                .or(Nibbles.HIGH_ONE)
                .reinterpretAsFloats()
                .add(Nibbles.HIGH_OFFSET_SIGNED)
                .mul(d);
        w6.intoMemorySegment(ALL, out + 3 * PANEL_BYTES, LE);
        FloatVector w7 =
            uTurned
                .and(Nibbles.LOW)
                .or(Nibbles.LOW_ONE)
                .reinterpretAsFloats()
                .add(Nibbles.LOW_OFFSET_SIGNED)
                .mul(d);
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
      dotRows(tile, row, k, x, sums, y + 4L * row);
    }
  }

  /** Two vectors of rows from {@code row} on. */
  private static void dotRows(long tile, int row, int k, long x, long sums, long y) {
    int blocks = k / BLOCK;
    long word = tile + 4L * row;
    long from = x;
    long sum = sums;
    FloatVector total0 = FloatVector.zero(F32);
    FloatVector total1 = FloatVector.zero(F32);
    for (int block = 0; block < blocks; block++) {
      float low = ALL.get(Memory.F32, sum);
      float high = ALL.get(Memory.F32, sum + 4);
      float offset = Nibbles.HIGH_OFFSET_SIGNED * low + Nibbles.LOW_OFFSET_SIGNED * high;
      FloatVector a0 = FloatVector.broadcast(F32, offset);
      FloatVector a1 = a0;
      FloatVector b0 = FloatVector.zero(F32);
      FloatVector b1 = b0;
      FloatVector c0 = b0;
      FloatVector c1 = b0;
      FloatVector d0 = b0;
      FloatVector d1 = b0;
      long scale = word - 2L * row;
      word += SCALE_BYTES;
      // Not counted, so that the compiler makes no copies of this loop for its four rounds.
      long end = word + WORDS_BYTES;
      while (word != end) {
        IntVector u = IntVector.fromMemorySegment(I32, ALL, word, LE);
        IntVector v = IntVector.fromMemorySegment(I32, ALL, word + Lanes.BYTES, LE);
        IntVector uLeft = u.lanewise(LSHL, 8);
        IntVector uRight = u.lanewise(LSHR, 8);
        IntVector uTurned = u.lanewise(ROR, 16);
        IntVector vLeft = v.lanewise(LSHL, 8);
        IntVector vRight = v.lanewise(LSHR, 8);
        IntVector vTurned = v.lanewise(ROR, 16);
        FloatVector x0 = FloatVector.broadcast(F32, ALL.get(Memory.F32, from));
        a0 = uTurned.and(Nibbles.HIGH).or(Nibbles.HIGH_ONE).reinterpretAsFloats().fma(x0, a0);
        a1 = vTurned.and(Nibbles.HIGH).or(Nibbles.HIGH_ONE).reinterpretAsFloats().fma(x0, a1);
        FloatVector x1 = FloatVector.broadcast(F32, ALL.get(Memory.F32, from + 64));
        b0 = uLeft.and(Nibbles.LOW).or(Nibbles.LOW_ONE).reinterpretAsFloats().fma(x1, b0);
        b1 = vLeft.and(Nibbles.LOW).or(Nibbles.LOW_ONE).reinterpretAsFloats().fma(x1, b1);
        FloatVector x2 = FloatVector.broadcast(F32, ALL.get(Memory.F32, from + 4));
        c0 = uLeft.and(Nibbles.HIGH).or(Nibbles.HIGH_ONE).reinterpretAsFloats().fma(x2, c0);
        c1 = vLeft.and(Nibbles.HIGH).or(Nibbles.HIGH_ONE).reinterpretAsFloats().fma(x2, c1);
        FloatVector x3 = FloatVector.broadcast(F32, ALL.get(Memory.F32, from + 68));
        d0 = u.and(Nibbles.LOW).or(Nibbles.LOW_ONE).reinterpretAsFloats().fma(x3, d0);
        d1 = v.and(Nibbles.LOW).or(Nibbles.LOW_ONE).reinterpretAsFloats().fma(x3, d1);
        FloatVector x4 = FloatVector.broadcast(F32, ALL.get(Memory.F32, from + 8));
        a0 = u.and(Nibbles.HIGH).or(Nibbles.HIGH_ONE).reinterpretAsFloats().fma(x4, a0);
        a1 = v.and(Nibbles.HIGH).or(Nibbles.HIGH_ONE).reinterpretAsFloats().fma(x4, a1);
        FloatVector x5 = FloatVector.broadcast(F32, ALL.get(Memory.F32, from + 72));
        b0 = uRight.and(Nibbles.LOW).or(Nibbles.LOW_ONE).reinterpretAsFloats().fma(x5, b0);
        b1 = vRight.and(Nibbles.LOW).or(Nibbles.LOW_ONE).reinterpretAsFloats().fma(x5, b1);
        FloatVector x6 = FloatVector.broadcast(F32, ALL.get(Memory.F32, from + 12));
        c0 = uRight.and(Nibbles.HIGH).or(Nibbles.HIGH_ONE).reinterpretAsFloats().fma(x6, c0);
        c1 = vRight.and(Nibbles.HIGH).or(Nibbles.HIGH_ONE).reinterpretAsFloats().fma(x6, c1);
        FloatVector x7 = FloatVector.broadcast(F32, ALL.get(Memory.F32, from + 76));
        d0 = uTurned.and(Nibbles.LOW).or(Nibbles.LOW_ONE).reinterpretAsFloats().fma(x7, d0);
        d1 = vTurned.and(Nibbles.LOW).or(Nibbles.LOW_ONE).reinterpretAsFloats().fma(x7, d1);
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
      total0 = s0.fma(a0.add(b0).add(c0.add(d0)), total0);
      total1 = s1.fma(a1.add(b1).add(c1.add(d1)), total1);
      sum += 8;
    }
    total0.intoMemorySegment(ALL, y, LE);
    total1.intoMemorySegment(ALL, y + Lanes.BYTES, LE);
  }
}
