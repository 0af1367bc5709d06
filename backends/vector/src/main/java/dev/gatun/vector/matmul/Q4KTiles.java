package dev.gatun.vector.matmul;

import static dev.gatun.vector.simd.Lanes.F32;
import static dev.gatun.vector.simd.Lanes.I32;
import static dev.gatun.vector.simd.Lanes.LE;
import static dev.gatun.vector.simd.Memory.ALL;
import static jdk.incubator.vector.VectorOperators.ASHR;
import static jdk.incubator.vector.VectorOperators.I2F;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LSHR;
import static jdk.incubator.vector.VectorOperators.ROR;

import dev.gatun.tensor.DType;
import dev.gatun.vector.simd.Lanes;
import dev.gatun.vector.simd.Memory;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;

/**
 * Q4_K: {@code w = d s q - e m}; per 256 elements scales d and e, per 32 elements integers s and m.
 *
 * <p>A tile is {@link RowGroups groups} of rows; a group is k/256 blocks: d and e, F16 in the lower
 * and upper part of 32 bits [rows]; then four times, for 64 elements each: s, s, m, m, a byte each
 * from the lowest on [rows], and words [8][rows], each with eight fields as {@link Nibbles} says,
 * of which those of even number belong to the first 32 elements.
 */
final class Q4KTiles extends TileFormat {
  private static final int BLOCK = 256;
  private static final int BLOCK_BYTES = 144;
  private static final int WORD_BYTES = 4 * RowGroups.ROWS;
  private static final int WORDS_BYTES = 8 * WORD_BYTES;
  private static final int CHUNK_BYTES = WORD_BYTES + WORDS_BYTES;
  private static final int CHUNKS_BYTES = 4 * CHUNK_BYTES;
  private static final int STEP_BYTES = WORD_BYTES + CHUNKS_BYTES;

  Q4KTiles() {
    super(DType.Q4_K);
  }

  @Override
  String layout() {
    return "q4_k.block." + RowGroups.ROWS;
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
        long word = RowGroups.at(tile, r, groupBytes(k)) + (long) block * STEP_BYTES;
        ALL.set(Memory.I32, word, ALL.get(Memory.I32, from));
        word += WORD_BYTES;
        for (int chunk = 0; chunk < 4; chunk++) {
          ALL.set(Memory.I32, word, SubScales.pair(from + 4, 2 * chunk));
          word += WORD_BYTES;
          for (int i = 0; i < 8; i++) {
            int quants = ALL.get(Memory.I32, from + 16 + 32L * chunk + 4L * i);
            ALL.set(Memory.I32, word, Nibbles.turn(quants));
            word += WORD_BYTES;
          }
        }
      }
    }
  }

  @Override
  void unpack(long tile, int k, int from, int to, long panel) {
    for (int row = 0; row < ROWS; row += Lanes.COUNT) {
      long words = RowGroups.at(tile, row, groupBytes(k)) + (long) (from / BLOCK) * STEP_BYTES;
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
      FloatVector e =
          scales.lanewise(ASHR, 3).and(Halves.MASK).reinterpretAsFloats().mul(-Halves.SCALE);
      word += WORD_BYTES;
      long last = word + CHUNKS_BYTES;
      while (word != last) {
        IntVector subs = IntVector.fromMemorySegment(I32, ALL, word, LE);
        FloatVector s0 = d.mul(subs.and(0xff).convert(I2F, 0));
        FloatVector s1 = d.mul(subs.lanewise(LSHR, 8).and(0xff).convert(I2F, 0));
        FloatVector m0 = e.mul(subs.lanewise(LSHR, 16).and(0xff).convert(I2F, 0));
        FloatVector m1 = e.mul(subs.lanewise(LSHR, 24).convert(I2F, 0));
        word += WORD_BYTES;
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
                  .fma(s0, m0);
          w0.intoMemorySegment(ALL, out, LE);
          FloatVector w1 =
              uLeft
                  .and(Nibbles.LOW)
                  .or(Nibbles.LOW_ONE)
                  .reinterpretAsFloats()
                  .add(Nibbles.LOW_OFFSET)
                  .fma(s1, m1);
          w1.intoMemorySegment(ALL, out + 32 * PANEL_BYTES, LE);
          FloatVector w2 =
              uLeft
                  .and(Nibbles.HIGH)
                  .or(Nibbles.HIGH_ONE)
                  .reinterpretAsFloats()
                  .add(Nibbles.HIGH_OFFSET)
                  .fma(s0, m0);
          w2.intoMemorySegment(ALL, out + 1 * PANEL_BYTES, LE);
          FloatVector w3 =
              u.and(Nibbles.LOW)
                  .or(Nibbles.LOW_ONE)
                  .reinterpretAsFloats()
                  .add(Nibbles.LOW_OFFSET)
                  .fma(s1, m1);
          w3.intoMemorySegment(ALL, out + 33 * PANEL_BYTES, LE);
          FloatVector w4 =
              u.and(Nibbles.HIGH)
                  .or(Nibbles.HIGH_ONE)
                  .reinterpretAsFloats()
                  .add(Nibbles.HIGH_OFFSET)
                  .fma(s0, m0);
          w4.intoMemorySegment(ALL, out + 2 * PANEL_BYTES, LE);
          FloatVector w5 =
              uRight
                  .and(Nibbles.LOW)
                  .or(Nibbles.LOW_ONE)
                  .reinterpretAsFloats()
                  .add(Nibbles.LOW_OFFSET)
                  .fma(s1, m1);
          w5.intoMemorySegment(ALL, out + 34 * PANEL_BYTES, LE);
          FloatVector w6 =
              uRight
                  .and(Nibbles.HIGH)
                  .or(Nibbles.HIGH_ONE)
                  .reinterpretAsFloats()
                  .add(Nibbles.HIGH_OFFSET)
                  .fma(s0, m0);
          w6.intoMemorySegment(ALL, out + 3 * PANEL_BYTES, LE);
          FloatVector w7 =
              uTurned
                  .and(Nibbles.LOW)
                  .or(Nibbles.LOW_ONE)
                  .reinterpretAsFloats()
                  .add(Nibbles.LOW_OFFSET)
                  .fma(s1, m1);
          w7.intoMemorySegment(ALL, out + 35 * PANEL_BYTES, LE);

          word += WORD_BYTES;
          out += 4 * PANEL_BYTES;
        }
        out += 32 * PANEL_BYTES;
      }
    }
  }

  @Override
  boolean streams() {
    return true;
  }

  @Override
  void dot(long tile, int k, long x, long sums, long y) {
    for (int row = 0; row < ROWS; row += RowGroups.ROWS) {
      dotRows(RowGroups.at(tile, row, groupBytes(k)), k / BLOCK, x, sums, y + 4L * row);
    }
  }

  /** Two vectors of rows. */
  private static void dotRows(long words, int blocks, long x, long sums, long y) {
    IntVector lower = IntVector.broadcast(I32, ALL.get(Memory.I32, Nibbles.LOW_AT));
    IntVector upper = IntVector.broadcast(I32, ALL.get(Memory.I32, Nibbles.HIGH_AT));
    IntVector one = IntVector.broadcast(I32, ALL.get(Memory.I32, Nibbles.LOW_ONE_AT));
    long word = words;
    long from = x;
    long sum = sums;
    FloatVector total0 = FloatVector.zero(F32);
    FloatVector total1 = FloatVector.zero(F32);
    for (int block = 0; block < blocks; block++) {
      FloatVector scaled0 = FloatVector.zero(F32);
      FloatVector scaled1 = scaled0;
      FloatVector shift0 = scaled0;
      FloatVector shift1 = scaled0;
      long scale = word;
      word += WORD_BYTES;
      long last = word + CHUNKS_BYTES;
      while (word != last) {
        float low = ALL.get(Memory.F32, sum) + ALL.get(Memory.F32, sum + 4);
        float high = ALL.get(Memory.F32, sum + 8) + ALL.get(Memory.F32, sum + 12);
        FloatVector a0 = FloatVector.broadcast(F32, Nibbles.LOW_OFFSET * low);
        FloatVector a1 = a0;
        FloatVector b0 = FloatVector.broadcast(F32, Nibbles.LOW_OFFSET * high);
        FloatVector b1 = b0;
        long sub = word;
        word += WORD_BYTES;
        // Not counted, so that the compiler makes no copies of this loop for its eight rounds.
        long end = word + WORDS_BYTES;
        while (word != end) {
          IntVector u = IntVector.fromMemorySegment(I32, ALL, word, LE);
          IntVector v = IntVector.fromMemorySegment(I32, ALL, word + Lanes.BYTES, LE);
          FloatVector x4 = FloatVector.broadcast(F32, ALL.get(Memory.F32, from + 8));
          a0 = u.and(upper).or(one).reinterpretAsFloats().fma(x4, a0);
          a1 = v.and(upper).or(one).reinterpretAsFloats().fma(x4, a1);
          FloatVector x3 = FloatVector.broadcast(F32, ALL.get(Memory.F32, from + 132));
          b0 = u.and(lower).or(one).reinterpretAsFloats().fma(x3, b0);
          b1 = v.and(lower).or(one).reinterpretAsFloats().fma(x3, b1);
          IntVector uLeft = u.lanewise(LSHL, 8);
          IntVector vLeft = v.lanewise(LSHL, 8);
          FloatVector x2 = FloatVector.broadcast(F32, ALL.get(Memory.F32, from + 4));
          a0 = uLeft.and(upper).or(one).reinterpretAsFloats().fma(x2, a0);
          a1 = vLeft.and(upper).or(one).reinterpretAsFloats().fma(x2, a1);
          FloatVector x1 = FloatVector.broadcast(F32, ALL.get(Memory.F32, from + 128));
          b0 = uLeft.and(lower).or(one).reinterpretAsFloats().fma(x1, b0);
          b1 = vLeft.and(lower).or(one).reinterpretAsFloats().fma(x1, b1);
          IntVector uRight = u.lanewise(LSHR, 8);
          IntVector vRight = v.lanewise(LSHR, 8);
          FloatVector x6 = FloatVector.broadcast(F32, ALL.get(Memory.F32, from + 12));
          a0 = uRight.and(upper).or(one).reinterpretAsFloats().fma(x6, a0);
          a1 = vRight.and(upper).or(one).reinterpretAsFloats().fma(x6, a1);
          FloatVector x5 = FloatVector.broadcast(F32, ALL.get(Memory.F32, from + 136));
          b0 = uRight.and(lower).or(one).reinterpretAsFloats().fma(x5, b0);
          b1 = vRight.and(lower).or(one).reinterpretAsFloats().fma(x5, b1);
          IntVector uTurned = u.lanewise(ROR, 16);
          IntVector vTurned = v.lanewise(ROR, 16);
          FloatVector x0 = FloatVector.broadcast(F32, ALL.get(Memory.F32, from));
          a0 = uTurned.and(upper).or(one).reinterpretAsFloats().fma(x0, a0);
          a1 = vTurned.and(upper).or(one).reinterpretAsFloats().fma(x0, a1);
          FloatVector x7 = FloatVector.broadcast(F32, ALL.get(Memory.F32, from + 140));
          b0 = uTurned.and(lower).or(one).reinterpretAsFloats().fma(x7, b0);
          b1 = vTurned.and(lower).or(one).reinterpretAsFloats().fma(x7, b1);
          word += WORD_BYTES;
          from += 16;
        }
        from += 128;
        // The upper fields' sums are 16 times as large.
        IntVector subs0 = IntVector.fromMemorySegment(I32, ALL, sub, LE);
        scaled0 = a0.mul(1f / 16).fma(subs0.and(0xff).convert(I2F, 0), scaled0);
        scaled0 = b0.fma(subs0.lanewise(LSHR, 8).and(0xff).convert(I2F, 0), scaled0);
        shift0 =
            FloatVector.broadcast(F32, low)
                .fma(subs0.lanewise(LSHR, 16).and(0xff).convert(I2F, 0), shift0);
        shift0 =
            FloatVector.broadcast(F32, high).fma(subs0.lanewise(LSHR, 24).convert(I2F, 0), shift0);
        IntVector subs1 = IntVector.fromMemorySegment(I32, ALL, sub + Lanes.BYTES, LE);
        scaled1 = a1.mul(1f / 16).fma(subs1.and(0xff).convert(I2F, 0), scaled1);
        scaled1 = b1.fma(subs1.lanewise(LSHR, 8).and(0xff).convert(I2F, 0), scaled1);
        shift1 =
            FloatVector.broadcast(F32, low)
                .fma(subs1.lanewise(LSHR, 16).and(0xff).convert(I2F, 0), shift1);
        shift1 =
            FloatVector.broadcast(F32, high).fma(subs1.lanewise(LSHR, 24).convert(I2F, 0), shift1);
        sum += 16;
      }
      IntVector scales0 = IntVector.fromMemorySegment(I32, ALL, scale, LE);
      FloatVector s0 =
          scales0
              .lanewise(LSHL, 16)
              .lanewise(ASHR, 3)
              .and(Halves.MASK)
              .reinterpretAsFloats()
              .mul(Halves.SCALE);
      FloatVector m0 =
          scales0.lanewise(ASHR, 3).and(Halves.MASK).reinterpretAsFloats().mul(-Halves.SCALE);
      total0 = s0.fma(scaled0, m0.fma(shift0, total0));
      IntVector scales1 = IntVector.fromMemorySegment(I32, ALL, scale + Lanes.BYTES, LE);
      FloatVector s1 =
          scales1
              .lanewise(LSHL, 16)
              .lanewise(ASHR, 3)
              .and(Halves.MASK)
              .reinterpretAsFloats()
              .mul(Halves.SCALE);
      FloatVector m1 =
          scales1.lanewise(ASHR, 3).and(Halves.MASK).reinterpretAsFloats().mul(-Halves.SCALE);
      total1 = s1.fma(scaled1, m1.fma(shift1, total1));
    }
    total0.intoMemorySegment(ALL, y, LE);
    total1.intoMemorySegment(ALL, y + Lanes.BYTES, LE);
  }
}
