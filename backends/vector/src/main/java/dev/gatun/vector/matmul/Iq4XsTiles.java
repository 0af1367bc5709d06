package dev.gatun.vector.matmul;

import static dev.gatun.vector.simd.Lanes.F32;
import static dev.gatun.vector.simd.Lanes.I32;
import static dev.gatun.vector.simd.Lanes.LE;
import static dev.gatun.vector.simd.Memory.ALL;
import static jdk.incubator.vector.VectorOperators.ASHR;
import static jdk.incubator.vector.VectorOperators.I2F;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LSHR;

import dev.gatun.tensor.DType;
import dev.gatun.vector.simd.Lanes;
import dev.gatun.vector.simd.Memory;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;

/**
 * IQ4_XS: {@code w = d s v(q)}; per 256 elements a scale d, per 32 elements an integer s, and a
 * {@link Codebook} v; for vectors of 16 lanes, as {@link Iq4NlTiles}.
 *
 * <p>A tile is two {@link HalfTiles halves}; a half is k/256 blocks: d, F32 [16]; then twice, for
 * four sub-blocks of 32 elements each: s of the sub-blocks, a byte each from the lowest on [16];
 * and words [16][16] with two elements of each sub-block: the nibbles of the first and second take
 * turns in the lower half of a word, those of the third and fourth in the upper half.
 */
final class Iq4XsTiles extends TileFormat {
  private static final int BLOCK = 256;
  private static final int BLOCK_BYTES = 136;
  private static final int WORD_BYTES = 4 * HalfTiles.ROWS;
  private static final int WORDS_BYTES = 16 * WORD_BYTES;
  private static final int CHUNKS_BYTES = 2 * (WORD_BYTES + WORDS_BYTES);
  private static final int STEP_BYTES = WORD_BYTES + CHUNKS_BYTES;
  private static final int TWO_NIBBLES = 0x0f0f;
  private static final int[] VALUES = Codebook.bits();

  Iq4XsTiles() {
    super(DType.IQ4_XS);
  }

  @Override
  String layout() {
    return "iq4_xs.block.16";
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
        ALL.set(Memory.F32, word, Float.float16ToFloat(ALL.get(Memory.I16, from)));
        word += WORD_BYTES;
        for (int chunk = 0; chunk < 2; chunk++) {
          ALL.set(Memory.I32, word, scales(from, 4 * chunk));
          word += WORD_BYTES;
          long quants = from + 8 + 64L * chunk;
          for (int shift = 0; shift < 8; shift += 4) {
            for (int i = 0; i < 16; i += 2) {
              ALL.set(Memory.I32, word, interleave(quants + i, shift));
              word += WORD_BYTES;
            }
          }
        }
      }
    }
  }

  /** Scales i to i + 3, a byte each from the lowest on. */
  private static int scales(long from, int i) {
    int highs = ALL.get(Memory.I16, from + 2);
    int scales = 0;
    for (int j = 0; j < 4; j++) {
      int sub = i + j;
      int low = ALL.get(Memory.I8, from + 4 + sub / 2) >> (sub % 2 * 4) & 15;
      int high = highs >> (2 * sub) & 3;
      scales |= (((low | (high << 4)) - 32) & 0xff) << (8 * j);
    }
    return scales;
  }

  /** A nibble of each of two bytes of four sub-blocks. */
  private static int interleave(long at, int shift) {
    int first = ALL.get(Memory.I16, at) >>> shift & TWO_NIBBLES;
    int second = ALL.get(Memory.I16, at + 16) >>> shift & TWO_NIBBLES;
    int third = ALL.get(Memory.I16, at + 32) >>> shift & TWO_NIBBLES;
    int fourth = ALL.get(Memory.I16, at + 48) >>> shift & TWO_NIBBLES;
    return first | (second << 4) | (third << 16) | (fourth << 20);
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
    IntVector values = IntVector.fromArray(I32, VALUES, 0);
    long word = words;
    long out = panel;
    for (int block = 0; block < blocks; block++) {
      FloatVector d = FloatVector.fromMemorySegment(F32, ALL, word, LE);
      word += WORD_BYTES;
      long last = word + CHUNKS_BYTES;
      while (word != last) {
        IntVector subs = IntVector.fromMemorySegment(I32, ALL, word, LE);
        FloatVector s0 = d.mul(subs.lanewise(LSHL, 24).lanewise(ASHR, 24).convert(I2F, 0));
        FloatVector s1 = d.mul(subs.lanewise(LSHL, 16).lanewise(ASHR, 24).convert(I2F, 0));
        FloatVector s2 = d.mul(subs.lanewise(LSHL, 8).lanewise(ASHR, 24).convert(I2F, 0));
        FloatVector s3 = d.mul(subs.lanewise(ASHR, 24).convert(I2F, 0));
        word += WORD_BYTES;
        long end = word + WORDS_BYTES;
        while (word != end) {
          IntVector u = IntVector.fromMemorySegment(I32, ALL, word, LE);
          FloatVector w0 = u.selectFrom(values).reinterpretAsFloats().mul(s0);
          w0.intoMemorySegment(ALL, out, LE);
          FloatVector w1 = u.lanewise(LSHR, 4).selectFrom(values).reinterpretAsFloats().mul(s1);
          w1.intoMemorySegment(ALL, out + 32 * PANEL_BYTES, LE);
          FloatVector w2 = u.lanewise(LSHR, 8).selectFrom(values).reinterpretAsFloats().mul(s0);
          w2.intoMemorySegment(ALL, out + 1 * PANEL_BYTES, LE);
          FloatVector w3 = u.lanewise(LSHR, 12).selectFrom(values).reinterpretAsFloats().mul(s1);
          w3.intoMemorySegment(ALL, out + 33 * PANEL_BYTES, LE);
          FloatVector w4 = u.lanewise(LSHR, 16).selectFrom(values).reinterpretAsFloats().mul(s2);
          w4.intoMemorySegment(ALL, out + 64 * PANEL_BYTES, LE);
          FloatVector w5 = u.lanewise(LSHR, 20).selectFrom(values).reinterpretAsFloats().mul(s3);
          w5.intoMemorySegment(ALL, out + 96 * PANEL_BYTES, LE);
          FloatVector w6 = u.lanewise(LSHR, 24).selectFrom(values).reinterpretAsFloats().mul(s2);
          w6.intoMemorySegment(ALL, out + 65 * PANEL_BYTES, LE);
          FloatVector w7 = u.lanewise(LSHR, 28).selectFrom(values).reinterpretAsFloats().mul(s3);
          w7.intoMemorySegment(ALL, out + 97 * PANEL_BYTES, LE);
          word += WORD_BYTES;
          out += 2 * PANEL_BYTES;
        }
        out += 96 * PANEL_BYTES;
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
      dotRows(HalfTiles.row(tile, row, halfBytes(k)), k / BLOCK, x, y + 4L * row);
    }
  }

  /** One vector of rows. */
  private static void dotRows(long words, int blocks, long x, long y) {
    IntVector values = IntVector.fromArray(I32, VALUES, 0);
    long word = words;
    long from = x;
    FloatVector total = FloatVector.zero(F32);
    for (int block = 0; block < blocks; block++) {
      FloatVector s = FloatVector.fromMemorySegment(F32, ALL, word, LE);
      FloatVector scaled = FloatVector.zero(F32);
      word += WORD_BYTES;
      long last = word + CHUNKS_BYTES;
      while (word != last) {
        FloatVector a = FloatVector.zero(F32);
        FloatVector b = a;
        FloatVector c = a;
        FloatVector d = a;
        FloatVector e = a;
        FloatVector f = a;
        FloatVector g = a;
        FloatVector p = a;
        IntVector subs = IntVector.fromMemorySegment(I32, ALL, word, LE);
        word += WORD_BYTES;
        // Not counted, so that the compiler makes no copies of this loop for its sixteen rounds.
        long end = word + WORDS_BYTES;
        while (word != end) {
          // Scalars first: the compiler inlines their loads only in code that is not yet large.
          FloatVector x0 = FloatVector.broadcast(F32, ALL.get(Memory.F32, from));
          FloatVector x1 = FloatVector.broadcast(F32, ALL.get(Memory.F32, from + 128));
          FloatVector x2 = FloatVector.broadcast(F32, ALL.get(Memory.F32, from + 4));
          FloatVector x3 = FloatVector.broadcast(F32, ALL.get(Memory.F32, from + 132));
          FloatVector x4 = FloatVector.broadcast(F32, ALL.get(Memory.F32, from + 256));
          FloatVector x5 = FloatVector.broadcast(F32, ALL.get(Memory.F32, from + 384));
          FloatVector x6 = FloatVector.broadcast(F32, ALL.get(Memory.F32, from + 260));
          FloatVector x7 = FloatVector.broadcast(F32, ALL.get(Memory.F32, from + 388));
          IntVector u = IntVector.fromMemorySegment(I32, ALL, word, LE);
          a = u.selectFrom(values).reinterpretAsFloats().fma(x0, a);
          b = u.lanewise(LSHR, 4).selectFrom(values).reinterpretAsFloats().fma(x1, b);
          c = u.lanewise(LSHR, 8).selectFrom(values).reinterpretAsFloats().fma(x2, c);
          d = u.lanewise(LSHR, 12).selectFrom(values).reinterpretAsFloats().fma(x3, d);
          e = u.lanewise(LSHR, 16).selectFrom(values).reinterpretAsFloats().fma(x4, e);
          f = u.lanewise(LSHR, 20).selectFrom(values).reinterpretAsFloats().fma(x5, f);
          g = u.lanewise(LSHR, 24).selectFrom(values).reinterpretAsFloats().fma(x6, g);
          p = u.lanewise(LSHR, 28).selectFrom(values).reinterpretAsFloats().fma(x7, p);
          word += WORD_BYTES;
          from += 8;
        }
        from += 384;
        scaled = a.add(c).fma(subs.lanewise(LSHL, 24).lanewise(ASHR, 24).convert(I2F, 0), scaled);
        scaled = b.add(d).fma(subs.lanewise(LSHL, 16).lanewise(ASHR, 24).convert(I2F, 0), scaled);
        scaled = e.add(g).fma(subs.lanewise(LSHL, 8).lanewise(ASHR, 24).convert(I2F, 0), scaled);
        scaled = f.add(p).fma(subs.lanewise(ASHR, 24).convert(I2F, 0), scaled);
      }
      total = s.fma(scaled, total);
    }
    total.intoMemorySegment(ALL, y, LE);
  }
}
