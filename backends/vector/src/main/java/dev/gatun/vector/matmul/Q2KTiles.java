package dev.gatun.vector.matmul;

import static dev.gatun.vector.simd.Lanes.F32;
import static dev.gatun.vector.simd.Lanes.I16;
import static dev.gatun.vector.simd.Lanes.I32;
import static dev.gatun.vector.simd.Lanes.LE;
import static dev.gatun.vector.simd.Memory.ALL;
import static jdk.incubator.vector.VectorOperators.I2F;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LSHR;
import static jdk.incubator.vector.VectorOperators.S2I;

import dev.gatun.tensor.DType;
import dev.gatun.vector.simd.Lanes;
import dev.gatun.vector.simd.Memory;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;

/**
 * Q2_K: {@code w = d s q - e m}; per 256 elements scales d and e, per 16 elements integers s and m.
 *
 * <p>A tile is two {@link HalfTiles halves}; a half is k/256 blocks: d and -e, F32 [16] each; then
 * four times, for four sub-blocks of 16 elements each that lie 32 elements apart: s and m of the
 * sub-blocks, a nibble each from the lowest on [16]; and two elements of each sub-block, 16 bits
 * [8][16] as in the file.
 */
final class Q2KTiles extends TileFormat {
  private static final int BLOCK = 256;
  private static final int BLOCK_BYTES = 84;
  private static final int WORD_BYTES = 4 * HalfTiles.ROWS;
  private static final int FIELD_BYTES = 2 * HalfTiles.ROWS;
  private static final int FIELDS_BYTES = 8 * FIELD_BYTES;
  private static final int CHUNKS_BYTES = 4 * (WORD_BYTES + FIELDS_BYTES);
  private static final int STEP_BYTES = 2 * WORD_BYTES + CHUNKS_BYTES;
  private static final int LOWER = 3 << 19;
  private static final int UPPER = 3 << 21;

  /** 16: the float whose bit 19 has the weight 1. */
  private static final int LOWER_ONE = 0x4180_0000;

  /** 4: the float whose bit 21 has the weight 1. */
  private static final int UPPER_ONE = 0x4080_0000;

  private static final float LOWER_OFFSET = -16;
  private static final float UPPER_OFFSET = -4;

  Q2KTiles() {
    super(DType.Q2_K);
  }

  @Override
  String layout() {
    return "q2_k.block.16";
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
        ALL.set(Memory.F32, word, Float.float16ToFloat(ALL.get(Memory.I16, from + 80)));
        float e = Float.float16ToFloat(ALL.get(Memory.I16, from + 82));
        ALL.set(Memory.F32, word + WORD_BYTES, -e);
        word += 2 * WORD_BYTES;
        for (int chunk = 0; chunk < 4; chunk++) {
          int half = chunk / 2;
          int parity = chunk % 2;
          int subs = 0;
          for (int i = 0; i < 4; i++) {
            int sub = 8 * half + parity + 2 * i;
            subs |= (ALL.get(Memory.I8, from + sub) & 0xff) << (8 * i);
          }
          ALL.set(Memory.I32, word, subs);
          word += WORD_BYTES;
          long quants = from + 16 + 32L * half + 16L * parity;
          for (int i = 0; i < 16; i += 2) {
            short fields = ALL.get(Memory.I16, quants + i);
            ALL.set(Memory.I16, word - 2L * (r % HalfTiles.ROWS), fields);
            word += FIELD_BYTES;
          }
        }
      }
    }
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
      FloatVector e = FloatVector.fromMemorySegment(F32, ALL, word + WORD_BYTES, LE);
      word += 2 * WORD_BYTES;
      long skip = 0;
      long last = word + CHUNKS_BYTES;
      while (word != last) {
        IntVector subs = IntVector.fromMemorySegment(I32, ALL, word, LE);
        FloatVector s0 = d.mul(subs.and(15).convert(I2F, 0));
        FloatVector m0 = e.mul(subs.lanewise(LSHR, 4).and(15).convert(I2F, 0));
        FloatVector s1 = d.mul(subs.lanewise(LSHR, 8).and(15).convert(I2F, 0));
        FloatVector m1 = e.mul(subs.lanewise(LSHR, 12).and(15).convert(I2F, 0));
        FloatVector s2 = d.mul(subs.lanewise(LSHR, 16).and(15).convert(I2F, 0));
        FloatVector m2 = e.mul(subs.lanewise(LSHR, 20).and(15).convert(I2F, 0));
        FloatVector s3 = d.mul(subs.lanewise(LSHR, 24).and(15).convert(I2F, 0));
        FloatVector m3 = e.mul(subs.lanewise(LSHR, 28).convert(I2F, 0));
        word += WORD_BYTES;
        long end = word + FIELDS_BYTES;
        while (word != end) {
          IntVector u =
              (IntVector)
                  ShortVector.fromMemorySegment(I16, ALL, word - 2L * lane, LE)
                      .convertShape(S2I, I32, 0);
          IntVector u0 = u.lanewise(LSHL, 19);
          IntVector u1 = u.lanewise(LSHL, 15);
          IntVector u2 = u.lanewise(LSHL, 11);
          IntVector u3 = u.lanewise(LSHL, 7);
          FloatVector w0 =
              u0.and(LOWER).or(LOWER_ONE).reinterpretAsFloats().add(LOWER_OFFSET).fma(s0, m0);
          w0.intoMemorySegment(ALL, out, LE);
          FloatVector w1 =
              u0.and(UPPER).or(UPPER_ONE).reinterpretAsFloats().add(UPPER_OFFSET).fma(s1, m1);
          w1.intoMemorySegment(ALL, out + 32 * PANEL_BYTES, LE);
          FloatVector w2 =
              u1.and(LOWER).or(LOWER_ONE).reinterpretAsFloats().add(LOWER_OFFSET).fma(s2, m2);
          w2.intoMemorySegment(ALL, out + 64 * PANEL_BYTES, LE);
          FloatVector w3 =
              u1.and(UPPER).or(UPPER_ONE).reinterpretAsFloats().add(UPPER_OFFSET).fma(s3, m3);
          w3.intoMemorySegment(ALL, out + 96 * PANEL_BYTES, LE);
          FloatVector w4 =
              u2.and(LOWER).or(LOWER_ONE).reinterpretAsFloats().add(LOWER_OFFSET).fma(s0, m0);
          w4.intoMemorySegment(ALL, out + 1 * PANEL_BYTES, LE);
          FloatVector w5 =
              u2.and(UPPER).or(UPPER_ONE).reinterpretAsFloats().add(UPPER_OFFSET).fma(s1, m1);
          w5.intoMemorySegment(ALL, out + 33 * PANEL_BYTES, LE);
          FloatVector w6 =
              u3.and(LOWER).or(LOWER_ONE).reinterpretAsFloats().add(LOWER_OFFSET).fma(s2, m2);
          w6.intoMemorySegment(ALL, out + 65 * PANEL_BYTES, LE);
          FloatVector w7 =
              u3.and(UPPER).or(UPPER_ONE).reinterpretAsFloats().add(UPPER_OFFSET).fma(s3, m3);
          w7.intoMemorySegment(ALL, out + 97 * PANEL_BYTES, LE);
          word += FIELD_BYTES;
          out += 2 * PANEL_BYTES;
        }
        out += skip;
        skip = 96 * PANEL_BYTES - skip;
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
    long word = words;
    long from = x;
    long sum = sums;
    FloatVector total = FloatVector.zero(F32);
    for (int block = 0; block < blocks; block++) {
      FloatVector s = FloatVector.fromMemorySegment(F32, ALL, word, LE);
      FloatVector m = FloatVector.fromMemorySegment(F32, ALL, word + WORD_BYTES, LE);
      FloatVector scaled = FloatVector.zero(F32);
      FloatVector shift = scaled;
      word += 2 * WORD_BYTES;
      long skip = 0;
      long last = word + CHUNKS_BYTES;
      while (word != last) {
        FloatVector q0 = FloatVector.broadcast(F32, ALL.get(Memory.F32, sum));
        FloatVector q1 = FloatVector.broadcast(F32, ALL.get(Memory.F32, sum + 8));
        FloatVector q2 = FloatVector.broadcast(F32, ALL.get(Memory.F32, sum + 16));
        FloatVector q3 = FloatVector.broadcast(F32, ALL.get(Memory.F32, sum + 24));
        FloatVector a = q0.mul(LOWER_OFFSET);
        FloatVector b = q1.mul(UPPER_OFFSET);
        FloatVector c = q2.mul(LOWER_OFFSET);
        FloatVector d = q3.mul(UPPER_OFFSET);
        FloatVector e = FloatVector.zero(F32);
        FloatVector f = e;
        FloatVector g = e;
        FloatVector p = e;
        IntVector subs = IntVector.fromMemorySegment(I32, ALL, word, LE);
        shift = q0.fma(subs.lanewise(LSHR, 4).and(15).convert(I2F, 0), shift);
        shift = q1.fma(subs.lanewise(LSHR, 12).and(15).convert(I2F, 0), shift);
        shift = q2.fma(subs.lanewise(LSHR, 20).and(15).convert(I2F, 0), shift);
        shift = q3.fma(subs.lanewise(LSHR, 28).convert(I2F, 0), shift);
        word += WORD_BYTES;
        // Not counted, so that the compiler makes no copies of this loop for its eight rounds.
        long end = word + FIELDS_BYTES;
        while (word != end) {
          // Scalars first: the compiler inlines their loads only in code that is not yet large.
          FloatVector x0 = FloatVector.broadcast(F32, ALL.get(Memory.F32, from));
          FloatVector x1 = FloatVector.broadcast(F32, ALL.get(Memory.F32, from + 128));
          FloatVector x2 = FloatVector.broadcast(F32, ALL.get(Memory.F32, from + 256));
          FloatVector x3 = FloatVector.broadcast(F32, ALL.get(Memory.F32, from + 384));
          FloatVector x4 = FloatVector.broadcast(F32, ALL.get(Memory.F32, from + 4));
          FloatVector x5 = FloatVector.broadcast(F32, ALL.get(Memory.F32, from + 132));
          FloatVector x6 = FloatVector.broadcast(F32, ALL.get(Memory.F32, from + 260));
          FloatVector x7 = FloatVector.broadcast(F32, ALL.get(Memory.F32, from + 388));
          IntVector u =
              (IntVector)
                  ShortVector.fromMemorySegment(I16, ALL, word - 2L * lane, LE)
                      .convertShape(S2I, I32, 0);
          IntVector u0 = u.lanewise(LSHL, 19);
          IntVector u1 = u.lanewise(LSHL, 15);
          IntVector u2 = u.lanewise(LSHL, 11);
          IntVector u3 = u.lanewise(LSHL, 7);
          a = u0.and(LOWER).or(LOWER_ONE).reinterpretAsFloats().fma(x0, a);
          b = u0.and(UPPER).or(UPPER_ONE).reinterpretAsFloats().fma(x1, b);
          c = u1.and(LOWER).or(LOWER_ONE).reinterpretAsFloats().fma(x2, c);
          d = u1.and(UPPER).or(UPPER_ONE).reinterpretAsFloats().fma(x3, d);
          e = u2.and(LOWER).or(LOWER_ONE).reinterpretAsFloats().fma(x4, e);
          f = u2.and(UPPER).or(UPPER_ONE).reinterpretAsFloats().fma(x5, f);
          g = u3.and(LOWER).or(LOWER_ONE).reinterpretAsFloats().fma(x6, g);
          p = u3.and(UPPER).or(UPPER_ONE).reinterpretAsFloats().fma(x7, p);
          word += FIELD_BYTES;
          from += 8;
        }
        scaled = a.add(e).fma(subs.and(15).convert(I2F, 0), scaled);
        scaled = b.add(f).fma(subs.lanewise(LSHR, 8).and(15).convert(I2F, 0), scaled);
        scaled = c.add(g).fma(subs.lanewise(LSHR, 16).and(15).convert(I2F, 0), scaled);
        scaled = d.add(p).fma(subs.lanewise(LSHR, 24).and(15).convert(I2F, 0), scaled);
        from += skip;
        sum += (skip + 64) / 16;
        skip = 384 - skip;
      }
      total = s.fma(scaled, m.fma(shift, total));
    }
    total.intoMemorySegment(ALL, y, LE);
  }
}
