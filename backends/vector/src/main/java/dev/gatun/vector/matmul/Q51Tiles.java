package dev.gatun.vector.matmul;

import static dev.gatun.vector.simd.Lanes.F32;
import static dev.gatun.vector.simd.Lanes.I32;
import static dev.gatun.vector.simd.Lanes.LE;
import static dev.gatun.vector.simd.Memory.ALL;
import static jdk.incubator.vector.VectorOperators.ASHR;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LSHR;
import static jdk.incubator.vector.VectorOperators.ROR;

import dev.gatun.tensor.DType;
import dev.gatun.vector.simd.Lanes;
import dev.gatun.vector.simd.Memory;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;

/**
 * Q5_1: {@code w = d q + m} with one scale and one minimum per 32 elements.
 *
 * <p>A tile is two {@link HalfTiles halves}; a half is k/32 blocks: d and m, F16 in the lower and
 * upper part of 32 bits [16]; a plane [16]; then words [4][16], each with eight fields as {@link
 * FiveBits} says.
 */
final class Q51Tiles extends TileFormat {
  private static final int BLOCK = 32;
  private static final int BLOCK_BYTES = 24;
  private static final int WORD_BYTES = 4 * HalfTiles.ROWS;
  private static final int WORDS_BYTES = 4 * WORD_BYTES;
  private static final int STEP_BYTES = 2 * WORD_BYTES + WORDS_BYTES;

  Q51Tiles() {
    super(DType.Q5_1);
  }

  @Override
  String layout() {
    return "q5_1.block.16";
  }

  @Override
  long tileBytes(int k) {
    return 2 * halfBytes(k);
  }

  private static long halfBytes(int k) {
    return (long) k / BLOCK * STEP_BYTES;
  }

  @Override
  void pack(long rows, int count, int k, long tile) {
    int blocks = k / BLOCK;
    for (int block = 0; block < blocks; block++) {
      for (int r = 0; r < count; r++) {
        long from = rows + ((long) r * blocks + block) * BLOCK_BYTES;
        long word = HalfTiles.row(tile, r, halfBytes(k)) + (long) block * STEP_BYTES;
        ALL.set(Memory.I32, word, ALL.get(Memory.I32, from));
        word += WORD_BYTES;
        ALL.set(Memory.I32, word, FiveBits.plane(ALL.get(Memory.I32, from + 4)));
        word += WORD_BYTES;
        for (int i = 0; i < 4; i++) {
          ALL.set(Memory.I32, word, FiveBits.turn(ALL.get(Memory.I32, from + 8 + 4L * i)));
          word += WORD_BYTES;
        }
      }
    }
  }

  @Override
  void unpack(long tile, int k, int from, int to, long panel) {
    for (int row = 0; row < ROWS; row += Lanes.COUNT) {
      long words = HalfTiles.row(tile, row, halfBytes(k)) + (long) (from / BLOCK) * STEP_BYTES;
      unpackRows(words, (to - from) / BLOCK, partOf(panel, to - from, row));
    }
  }

  /** One vector of rows. */
  private static void unpackRows(long words, int blocks, long panel) {
    long word = words;
    long out = panel;
    for (int block = 0; block < blocks; block++) {
      IntVector scales = IntVector.fromMemorySegment(I32, ALL, word, LE);
      FloatVector d =
          scales
              .lanewise(LSHL, 16)
              .lanewise(ASHR, 3)
              .and(Halves.MASK)
              .reinterpretAsFloats()
              .mul(Halves.SCALE);
      FloatVector m =
          scales.lanewise(ASHR, 3).and(Halves.MASK).reinterpretAsFloats().mul(Halves.SCALE);
      word += WORD_BYTES;
      IntVector h = IntVector.fromMemorySegment(I32, ALL, word, LE);
      word += WORD_BYTES;
      long end = word + WORDS_BYTES;
      while (word != end) {
        IntVector u = IntVector.fromMemorySegment(I32, ALL, word, LE);
        IntVector uLeft = u.lanewise(LSHL, 8);
        IntVector uRight = u.lanewise(LSHR, 8);
        IntVector uTurned = u.lanewise(ROR, 16);
        IntVector h1 = h.lanewise(LSHL, 1);
        IntVector h2 = h.lanewise(LSHL, 2);
        IntVector h3 = h.lanewise(LSHL, 3);
        FloatVector w0 =
            uTurned
                .and(FiveBits.UPPER)
                .or(FiveBits.UPPER_ONE)
                .or(h.and(FiveBits.UPPER_BIT))
                .reinterpretAsFloats()
                .add(FiveBits.UPPER_OFFSET)
                .fma(d, m);
        w0.intoMemorySegment(ALL, out, LE);
        FloatVector w1 =
            uLeft
                .and(FiveBits.LOWER)
                .or(FiveBits.LOWER_ONE)
                .or(h.and(FiveBits.LOWER_BIT))
                .reinterpretAsFloats()
                .add(FiveBits.LOWER_OFFSET)
                .fma(d, m);
        w1.intoMemorySegment(ALL, out + 16 * PANEL_BYTES, LE);
        FloatVector w2 =
            uLeft
                .and(FiveBits.UPPER)
                .or(FiveBits.UPPER_ONE)
                .or(h1.and(FiveBits.UPPER_BIT))
                .reinterpretAsFloats()
                .add(FiveBits.UPPER_OFFSET)
                .fma(d, m);
        w2.intoMemorySegment(ALL, out + 1 * PANEL_BYTES, LE);
        FloatVector w3 =
            u.and(FiveBits.LOWER)
                .or(FiveBits.LOWER_ONE)
                .or(h1.and(FiveBits.LOWER_BIT))
                .reinterpretAsFloats()
                .add(FiveBits.LOWER_OFFSET)
                .fma(d, m);
        w3.intoMemorySegment(ALL, out + 17 * PANEL_BYTES, LE);
        FloatVector w4 =
            u.and(FiveBits.UPPER)
                .or(FiveBits.UPPER_ONE)
                .or(h2.and(FiveBits.UPPER_BIT))
                .reinterpretAsFloats()
                .add(FiveBits.UPPER_OFFSET)
                .fma(d, m);
        w4.intoMemorySegment(ALL, out + 2 * PANEL_BYTES, LE);
        FloatVector w5 =
            uRight
                .and(FiveBits.LOWER)
                .or(FiveBits.LOWER_ONE)
                .or(h2.and(FiveBits.LOWER_BIT))
                .reinterpretAsFloats()
                .add(FiveBits.LOWER_OFFSET)
                .fma(d, m);
        w5.intoMemorySegment(ALL, out + 18 * PANEL_BYTES, LE);
        FloatVector w6 =
            uRight
                .and(FiveBits.UPPER)
                .or(FiveBits.UPPER_ONE)
                .or(h3.and(FiveBits.UPPER_BIT))
                .reinterpretAsFloats()
                .add(FiveBits.UPPER_OFFSET)
                .fma(d, m);
        w6.intoMemorySegment(ALL, out + 3 * PANEL_BYTES, LE);
        FloatVector w7 =
            uTurned
                .and(FiveBits.LOWER)
                .or(FiveBits.LOWER_ONE)
                .or(h3.and(FiveBits.LOWER_BIT))
                .reinterpretAsFloats()
                .add(FiveBits.LOWER_OFFSET)
                .fma(d, m);
        w7.intoMemorySegment(ALL, out + 19 * PANEL_BYTES, LE);
        h = h.lanewise(ROR, 8);
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
    for (int row = 0; row < ROWS; row += Lanes.COUNT) {
      dotRows(HalfTiles.row(tile, row, halfBytes(k)), k / BLOCK, x, sums, y + 4L * row);
    }
  }

  /** One vector of rows. */
  private static void dotRows(long words, int blocks, long x, long sums, long y) {
    IntVector upper = IntVector.broadcast(I32, ALL.get(Memory.I32, FiveBits.UPPER_AT));
    IntVector lower = IntVector.broadcast(I32, ALL.get(Memory.I32, FiveBits.LOWER_AT));
    IntVector upperBit = IntVector.broadcast(I32, ALL.get(Memory.I32, FiveBits.UPPER_BIT_AT));
    IntVector lowerBit = IntVector.broadcast(I32, ALL.get(Memory.I32, FiveBits.LOWER_BIT_AT));
    IntVector one = IntVector.broadcast(I32, ALL.get(Memory.I32, FiveBits.LOWER_ONE_AT));
    long word = words;
    long from = x;
    long sum = sums;
    FloatVector total = FloatVector.zero(F32);
    for (int block = 0; block < blocks; block++) {
      IntVector scales = IntVector.fromMemorySegment(I32, ALL, word, LE);
      FloatVector s =
          scales
              .lanewise(LSHL, 16)
              .lanewise(ASHR, 3)
              .and(Halves.MASK)
              .reinterpretAsFloats()
              .mul(Halves.SCALE);
      FloatVector m =
          scales.lanewise(ASHR, 3).and(Halves.MASK).reinterpretAsFloats().mul(Halves.SCALE);
      float low = ALL.get(Memory.F32, sum);
      float high = ALL.get(Memory.F32, sum + 4);
      FloatVector a = FloatVector.broadcast(F32, FiveBits.LOWER_OFFSET * low);
      FloatVector b = FloatVector.broadcast(F32, FiveBits.LOWER_OFFSET * high);
      FloatVector c = FloatVector.zero(F32);
      FloatVector d = c;
      word += WORD_BYTES;
      IntVector h = IntVector.fromMemorySegment(I32, ALL, word, LE);
      word += WORD_BYTES;
      // Not counted, so that the compiler makes no copies of this loop for its four rounds.
      long end = word + WORDS_BYTES;
      while (word != end) {
        IntVector u = IntVector.fromMemorySegment(I32, ALL, word, LE);
        IntVector uLeft = u.lanewise(LSHL, 8);
        b =
            uLeft
                .and(lower)
                .or(one)
                .or(h.and(lowerBit))
                .reinterpretAsFloats()
                .fma(FloatVector.broadcast(F32, ALL.get(Memory.F32, from + 64)), b);
        IntVector h1 = h.lanewise(LSHL, 1);
        c =
            uLeft
                .and(upper)
                .or(one)
                .or(h1.and(upperBit))
                .reinterpretAsFloats()
                .fma(FloatVector.broadcast(F32, ALL.get(Memory.F32, from + 4)), c);
        d =
            u.and(lower)
                .or(one)
                .or(h1.and(lowerBit))
                .reinterpretAsFloats()
                .fma(FloatVector.broadcast(F32, ALL.get(Memory.F32, from + 68)), d);
        IntVector h2 = h.lanewise(LSHL, 2);
        IntVector uRight = u.lanewise(LSHR, 8);
        c =
            u.and(upper)
                .or(one)
                .or(h2.and(upperBit))
                .reinterpretAsFloats()
                .fma(FloatVector.broadcast(F32, ALL.get(Memory.F32, from + 8)), c);
        d =
            uRight
                .and(lower)
                .or(one)
                .or(h2.and(lowerBit))
                .reinterpretAsFloats()
                .fma(FloatVector.broadcast(F32, ALL.get(Memory.F32, from + 72)), d);
        IntVector uTurned = u.lanewise(ROR, 16);
        a =
            uTurned
                .and(upper)
                .or(one)
                .or(h.and(upperBit))
                .reinterpretAsFloats()
                .fma(FloatVector.broadcast(F32, ALL.get(Memory.F32, from)), a);
        IntVector h3 = h.lanewise(LSHL, 3);
        a =
            uRight
                .and(upper)
                .or(one)
                .or(h3.and(upperBit))
                .reinterpretAsFloats()
                .fma(FloatVector.broadcast(F32, ALL.get(Memory.F32, from + 12)), a);
        b =
            uTurned
                .and(lower)
                .or(one)
                .or(h3.and(lowerBit))
                .reinterpretAsFloats()
                .fma(FloatVector.broadcast(F32, ALL.get(Memory.F32, from + 76)), b);
        h = h.lanewise(ROR, 8);
        word += WORD_BYTES;
        from += 16;
      }
      from += 64;
      sum += 8;
      // The upper fields' sums are 16 times as large.
      FloatVector part = a.add(c).fma(FloatVector.broadcast(F32, 1f / 16), b.add(d));
      total = s.fma(part, total);
      total = m.fma(FloatVector.broadcast(F32, low + high), total);
    }
    total.intoMemorySegment(ALL, y, LE);
  }
}
