package dev.gatun.vector.matmul;

import static dev.gatun.vector.simd.Lanes.F32;
import static dev.gatun.vector.simd.Lanes.I16;
import static dev.gatun.vector.simd.Lanes.I32;
import static dev.gatun.vector.simd.Lanes.LE;
import static dev.gatun.vector.simd.Memory.ALL;
import static jdk.incubator.vector.VectorOperators.ASHR;
import static jdk.incubator.vector.VectorOperators.I2F;
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
 * Q6_K: {@code w = d s (q - 32)}; per 256 elements a scale d, per 16 elements an 8-bit integer s.
 *
 * <p>A tile is two {@link HalfTiles halves}; a half is k/256 blocks: d, F32 [16]; then four times,
 * for four sub-blocks of 16 elements each: s of the sub-blocks, a byte each from the lowest on
 * [16]; then eight pairs of planes, 16 bits each [16], and words [16], each with eight fields as
 * {@link SixBits} says. Fields 0 and 2 belong to the first sub-block, 1 and 3 to the second, 4 and
 * 6 to the third, 5 and 7 to the last. The second sub-block lies 64 elements after the first, as it
 * shares bytes with it in the file; the third and fourth follow the first and second.
 */
final class Q6KTiles extends TileFormat {
  private static final int BLOCK = 256;
  private static final int BLOCK_BYTES = 210;
  private static final int WORD_BYTES = 4 * HalfTiles.ROWS;
  private static final int PLANE_BYTES = 2 * HalfTiles.ROWS;
  private static final int PAIR_BYTES = PLANE_BYTES + WORD_BYTES;
  private static final int PAIRS_BYTES = 8 * PAIR_BYTES;
  private static final int CHUNKS_BYTES = 4 * (WORD_BYTES + PAIRS_BYTES);
  private static final int STEP_BYTES = WORD_BYTES + CHUNKS_BYTES;

  /** What products are corrected with: those of the upper fields are 16 times as large. */
  private static final float UPPER_OFFSET = SixBits.LOWER_OFFSET - 16 * 32;

  private static final float LOWER_OFFSET = SixBits.LOWER_OFFSET - 32;

  Q6KTiles() {
    super(DType.Q6_K);
  }

  @Override
  String layout() {
    return "q6_k.block.16";
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
        float d = Float.float16ToFloat(ALL.get(Memory.I16, from + 208));
        ALL.set(Memory.F32, word, d);
        word += WORD_BYTES;
        for (int chunk = 0; chunk < 4; chunk++) {
          int half = chunk / 2;
          int quarter = chunk % 2;
          long scalesAt = from + 192 + 8L * half + 2L * quarter;
          int scales = ALL.get(Memory.I16, scalesAt) & 0xffff;
          int others = ALL.get(Memory.I16, scalesAt + 4) & 0xffff;
          ALL.set(Memory.I32, word, interleave(scales, others));
          word += WORD_BYTES;
          long low = from + 64L * half + 32L * quarter;
          long high = from + 128 + 32L * half;
          for (int i = 0; i < 16; i += 2) {
            int planes = pair(high + i) >>> (2 * quarter);
            ALL.set(Memory.I16, word - 2L * (r % HalfTiles.ROWS), SixBits.planes(planes));
            ALL.set(Memory.I32, word + PLANE_BYTES, SixBits.turn(pair(low + i)));
            word += PAIR_BYTES;
          }
        }
      }
    }
  }

  /** Two bytes from {@code at} on and two that are 16 bytes further. */
  private static int pair(long at) {
    return (ALL.get(Memory.I16, at) & 0xffff) | (ALL.get(Memory.I16, at + 16) << 16);
  }

  /** Four bytes: the first of each of two pairs, then the second of each. */
  private static int interleave(int first, int second) {
    return (first & 0xff)
        | ((second & 0xff) << 8)
        | ((first & 0xff00) << 8)
        | ((second & 0xff00) << 16);
  }

  @Override
  void unpack(long tile, int k, int from, int to, long panel) {
    for (int row = 0; row < ROWS; row += Lanes.COUNT) {
      long words = HalfTiles.row(tile, row, halfBytes(k)) + (long) (from / BLOCK) * STEP_BYTES;
      unpackRows(words, row % HalfTiles.ROWS, (to - from) / BLOCK, partOf(panel, to - from, row));
    }
  }

  /** One vector of rows. */
  private static void unpackRows(long words, int lane, int blocks, long panel) {
    long word = words;
    long out = panel;
    for (int block = 0; block < blocks; block++) {
      FloatVector d = FloatVector.fromMemorySegment(F32, ALL, word, LE);
      word += WORD_BYTES;
      long skip = 32 * PANEL_BYTES;
      long last = word + CHUNKS_BYTES;
      while (word != last) {
        IntVector subs = IntVector.fromMemorySegment(I32, ALL, word, LE);
        FloatVector s0 = d.mul(subs.lanewise(LSHL, 24).lanewise(ASHR, 24).convert(I2F, 0));
        FloatVector s1 = d.mul(subs.lanewise(LSHL, 16).lanewise(ASHR, 24).convert(I2F, 0));
        FloatVector s2 = d.mul(subs.lanewise(LSHL, 8).lanewise(ASHR, 24).convert(I2F, 0));
        FloatVector s3 = d.mul(subs.lanewise(ASHR, 24).convert(I2F, 0));
        word += WORD_BYTES;
        long end = word + PAIRS_BYTES;
        while (word != end) {
          IntVector u = IntVector.fromMemorySegment(I32, ALL, word + PLANE_BYTES, LE);
          IntVector uLeft = u.lanewise(LSHL, 8);
          IntVector uRight = u.lanewise(LSHR, 8);
          IntVector uTurned = u.lanewise(ROR, 16);
          IntVector h =
              (IntVector)
                  ShortVector.fromMemorySegment(I16, ALL, word - 2L * lane, LE)
                      .convertShape(S2I, I32, 0);
          IntVector h0 = h.lanewise(LSHL, 17);
          IntVector h1 = h.lanewise(LSHL, 15);
          IntVector h2 = h.lanewise(LSHL, 9);
          IntVector h3 = h.lanewise(LSHL, 7);
          FloatVector w0 =
              uTurned
                  .and(SixBits.UPPER)
                  .or(SixBits.UPPER_ONE)
                  .or(h0.and(SixBits.UPPER_BITS))
                  .reinterpretAsFloats()
                  .add(SixBits.UPPER_OFFSET - 32)
                  .mul(s0);
          w0.intoMemorySegment(ALL, out, LE);
          FloatVector w1 =
              uLeft
                  .and(SixBits.LOWER)
                  .or(SixBits.LOWER_ONE)
                  .or(h0.and(SixBits.LOWER_BITS))
                  .reinterpretAsFloats()
                  .add(SixBits.LOWER_OFFSET - 32)
                  .mul(s1);
          w1.intoMemorySegment(ALL, out + 64 * PANEL_BYTES, LE);
          FloatVector w2 =
              uLeft
                  .and(SixBits.UPPER)
                  .or(SixBits.UPPER_ONE)
                  .or(h1.and(SixBits.UPPER_BITS))
                  .reinterpretAsFloats()
                  .add(SixBits.UPPER_OFFSET - 32)
                  .mul(s0);
          w2.intoMemorySegment(ALL, out + 1 * PANEL_BYTES, LE);
          FloatVector w3 =
              u.and(SixBits.LOWER)
                  .or(SixBits.LOWER_ONE)
                  .or(h1.and(SixBits.LOWER_BITS))
                  .reinterpretAsFloats()
                  .add(SixBits.LOWER_OFFSET - 32)
                  .mul(s1);
          w3.intoMemorySegment(ALL, out + 65 * PANEL_BYTES, LE);
          FloatVector w4 =
              u.and(SixBits.UPPER)
                  .or(SixBits.UPPER_ONE)
                  .or(h2.and(SixBits.UPPER_BITS))
                  .reinterpretAsFloats()
                  .add(SixBits.UPPER_OFFSET - 32)
                  .mul(s2);
          w4.intoMemorySegment(ALL, out + 16 * PANEL_BYTES, LE);
          FloatVector w5 =
              uRight
                  .and(SixBits.LOWER)
                  .or(SixBits.LOWER_ONE)
                  .or(h2.and(SixBits.LOWER_BITS))
                  .reinterpretAsFloats()
                  .add(SixBits.LOWER_OFFSET - 32)
                  .mul(s3);
          w5.intoMemorySegment(ALL, out + 80 * PANEL_BYTES, LE);
          FloatVector w6 =
              uRight
                  .and(SixBits.UPPER)
                  .or(SixBits.UPPER_ONE)
                  .or(h3.and(SixBits.UPPER_BITS))
                  .reinterpretAsFloats()
                  .add(SixBits.UPPER_OFFSET - 32)
                  .mul(s2);
          w6.intoMemorySegment(ALL, out + 17 * PANEL_BYTES, LE);
          FloatVector w7 =
              uTurned
                  .and(SixBits.LOWER)
                  .or(SixBits.LOWER_ONE)
                  .or(h3.and(SixBits.LOWER_BITS))
                  .reinterpretAsFloats()
                  .add(SixBits.LOWER_OFFSET - 32)
                  .mul(s3);
          w7.intoMemorySegment(ALL, out + 81 * PANEL_BYTES, LE);
          word += PAIR_BYTES;
          out += 2 * PANEL_BYTES;
        }
        out += skip - 16 * PANEL_BYTES;
        skip = 128 * PANEL_BYTES - skip;
      }
    }
  }

  @Override
  boolean streams() {
    return true;
  }

  @Override
  void dot(long tile, int k, long x, long sums, long y) {
    for (int row = 0; row < ROWS; row += Lanes.COUNT) {
      dotRows(
          HalfTiles.row(tile, row, halfBytes(k)),
          row % HalfTiles.ROWS,
          k / BLOCK,
          x,
          sums,
          y + 4L * row);
    }
  }

  /** One vector of rows. */
  private static void dotRows(long words, int lane, int blocks, long x, long sums, long y) {
    IntVector upper = IntVector.broadcast(I32, ALL.get(Memory.I32, SixBits.UPPER_AT));
    IntVector lower = IntVector.broadcast(I32, ALL.get(Memory.I32, SixBits.LOWER_AT));
    IntVector upperBits = IntVector.broadcast(I32, ALL.get(Memory.I32, SixBits.UPPER_BITS_AT));
    IntVector lowerBits = IntVector.broadcast(I32, ALL.get(Memory.I32, SixBits.LOWER_BITS_AT));
    IntVector one = IntVector.broadcast(I32, ALL.get(Memory.I32, SixBits.LOWER_ONE_AT));
    long word = words;
    long from = x;
    long sum = sums;
    FloatVector total = FloatVector.zero(F32);
    for (int block = 0; block < blocks; block++) {
      FloatVector s = FloatVector.fromMemorySegment(F32, ALL, word, LE);
      FloatVector scaled = FloatVector.zero(F32);
      word += WORD_BYTES;
      long skip = 4 * 32;
      long last = word + CHUNKS_BYTES;
      while (word != last) {
        FloatVector a = FloatVector.broadcast(F32, UPPER_OFFSET * ALL.get(Memory.F32, sum));
        FloatVector b = FloatVector.broadcast(F32, LOWER_OFFSET * ALL.get(Memory.F32, sum + 16));
        FloatVector c = FloatVector.broadcast(F32, UPPER_OFFSET * ALL.get(Memory.F32, sum + 4));
        FloatVector d = FloatVector.broadcast(F32, LOWER_OFFSET * ALL.get(Memory.F32, sum + 20));
        IntVector subs = IntVector.fromMemorySegment(I32, ALL, word, LE);
        word += WORD_BYTES;
        // Not counted, so that the compiler makes no copies of this loop for its eight rounds.
        long end = word + PAIRS_BYTES;
        while (word != end) {
          IntVector u = IntVector.fromMemorySegment(I32, ALL, word + PLANE_BYTES, LE);
          IntVector h =
              (IntVector)
                  ShortVector.fromMemorySegment(I16, ALL, word - 2L * lane, LE)
                      .convertShape(S2I, I32, 0);
          IntVector uLeft = u.lanewise(LSHL, 8);
          IntVector h1 = h.lanewise(LSHL, 15);
          a =
              uLeft
                  .and(upper)
                  .or(one)
                  .or(h1.and(upperBits))
                  .reinterpretAsFloats()
                  .fma(FloatVector.broadcast(F32, ALL.get(Memory.F32, from + 4)), a);
          b =
              u.and(lower)
                  .or(one)
                  .or(h1.and(lowerBits))
                  .reinterpretAsFloats()
                  .fma(FloatVector.broadcast(F32, ALL.get(Memory.F32, from + 260)), b);
          IntVector h2 = h.lanewise(LSHL, 9);
          IntVector uRight = u.lanewise(LSHR, 8);
          c =
              u.and(upper)
                  .or(one)
                  .or(h2.and(upperBits))
                  .reinterpretAsFloats()
                  .fma(FloatVector.broadcast(F32, ALL.get(Memory.F32, from + 64)), c);
          d =
              uRight
                  .and(lower)
                  .or(one)
                  .or(h2.and(lowerBits))
                  .reinterpretAsFloats()
                  .fma(FloatVector.broadcast(F32, ALL.get(Memory.F32, from + 320)), d);
          IntVector uTurned = u.lanewise(ROR, 16);
          IntVector h0 = h.lanewise(LSHL, 17);
          a =
              uTurned
                  .and(upper)
                  .or(one)
                  .or(h0.and(upperBits))
                  .reinterpretAsFloats()
                  .fma(FloatVector.broadcast(F32, ALL.get(Memory.F32, from)), a);
          b =
              uLeft
                  .and(lower)
                  .or(one)
                  .or(h0.and(lowerBits))
                  .reinterpretAsFloats()
                  .fma(FloatVector.broadcast(F32, ALL.get(Memory.F32, from + 256)), b);
          IntVector h3 = h.lanewise(LSHL, 7);
          c =
              uRight
                  .and(upper)
                  .or(one)
                  .or(h3.and(upperBits))
                  .reinterpretAsFloats()
                  .fma(FloatVector.broadcast(F32, ALL.get(Memory.F32, from + 68)), c);
          d =
              uTurned
                  .and(lower)
                  .or(one)
                  .or(h3.and(lowerBits))
                  .reinterpretAsFloats()
                  .fma(FloatVector.broadcast(F32, ALL.get(Memory.F32, from + 324)), d);
          word += PAIR_BYTES;
          from += 8;
        }
        // The upper fields' sums are 16 times as large.
        a = a.mul(1f / 16);
        c = c.mul(1f / 16);
        scaled = a.fma(subs.lanewise(LSHL, 24).lanewise(ASHR, 24).convert(I2F, 0), scaled);
        scaled = b.fma(subs.lanewise(LSHL, 16).lanewise(ASHR, 24).convert(I2F, 0), scaled);
        scaled = c.fma(subs.lanewise(LSHL, 8).lanewise(ASHR, 24).convert(I2F, 0), scaled);
        scaled = d.fma(subs.lanewise(ASHR, 24).convert(I2F, 0), scaled);
        from += skip - 64;
        sum += skip / 16;
        skip = 4 * 128 - skip;
      }
      total = s.fma(scaled, total);
    }
    total.intoMemorySegment(ALL, y, LE);
  }
}
