package dev.gatun.vector.matmul;

import static dev.gatun.vector.simd.Lanes.F32;
import static dev.gatun.vector.simd.Lanes.I16;
import static dev.gatun.vector.simd.Lanes.I32;
import static dev.gatun.vector.simd.Lanes.LE;
import static dev.gatun.vector.simd.Memory.ALL;
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
 * IQ4_NL: {@code w = d v(q)} with one scale per 32 elements and a {@link Codebook} v, for vectors
 * of 16 lanes: a lookup is one permutation of its values.
 *
 * <p>A tile is two {@link HalfTiles halves}; a half is k/32 blocks: scales, F16 [16]; then words
 * [4][16] as in the file.
 */
final class Iq4NlTiles extends TileFormat {
  private static final int BLOCK = 32;
  private static final int BLOCK_BYTES = 18;
  private static final int SCALE_BYTES = 2 * HalfTiles.ROWS;
  private static final int WORD_BYTES = 4 * HalfTiles.ROWS;
  private static final int WORDS_BYTES = 4 * WORD_BYTES;
  private static final int STEP_BYTES = SCALE_BYTES + WORDS_BYTES;
  private static final int[] VALUES = Codebook.bits();

  Iq4NlTiles() {
    super(DType.IQ4_NL);
  }

  @Override
  String layout() {
    return "iq4_nl.block.16";
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
        ALL.set(Memory.I16, word - 2L * (r % HalfTiles.ROWS), ALL.get(Memory.I16, from));
        word += SCALE_BYTES;
        for (int i = 0; i < 4; i++) {
          ALL.set(Memory.I32, word, ALL.get(Memory.I32, from + 2 + 4L * i));
          word += WORD_BYTES;
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
    IntVector values = IntVector.fromArray(I32, VALUES, 0);
    long word = words;
    long out = panel;
    for (int block = 0; block < blocks; block++) {
      FloatVector s =
          ((IntVector)
                  ShortVector.fromMemorySegment(I16, ALL, word - 2L * lane, LE)
                      .convertShape(S2I, I32, 0))
              .lanewise(LSHL, 13)
              .and(Halves.MASK)
              .reinterpretAsFloats()
              .mul(Halves.SCALE);
      word += SCALE_BYTES;
      long end = word + WORDS_BYTES;
      while (word != end) {
        IntVector u = IntVector.fromMemorySegment(I32, ALL, word, LE);
        FloatVector w0 = u.selectFrom(values).reinterpretAsFloats().mul(s);
        w0.intoMemorySegment(ALL, out, LE);
        FloatVector w1 = u.lanewise(LSHR, 4).selectFrom(values).reinterpretAsFloats().mul(s);
        w1.intoMemorySegment(ALL, out + 16 * PANEL_BYTES, LE);
        FloatVector w2 = u.lanewise(LSHR, 8).selectFrom(values).reinterpretAsFloats().mul(s);
        w2.intoMemorySegment(ALL, out + 1 * PANEL_BYTES, LE);
        FloatVector w3 = u.lanewise(LSHR, 12).selectFrom(values).reinterpretAsFloats().mul(s);
        w3.intoMemorySegment(ALL, out + 17 * PANEL_BYTES, LE);
        FloatVector w4 = u.lanewise(LSHR, 16).selectFrom(values).reinterpretAsFloats().mul(s);
        w4.intoMemorySegment(ALL, out + 2 * PANEL_BYTES, LE);
        FloatVector w5 = u.lanewise(LSHR, 20).selectFrom(values).reinterpretAsFloats().mul(s);
        w5.intoMemorySegment(ALL, out + 18 * PANEL_BYTES, LE);
        FloatVector w6 = u.lanewise(LSHR, 24).selectFrom(values).reinterpretAsFloats().mul(s);
        w6.intoMemorySegment(ALL, out + 3 * PANEL_BYTES, LE);
        FloatVector w7 = u.lanewise(LSHR, 28).selectFrom(values).reinterpretAsFloats().mul(s);
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
    for (int row = 0; row < ROWS; row += Lanes.COUNT) {
      dotRows(
          HalfTiles.row(tile, row, halfBytes(k)), row % HalfTiles.ROWS, k / BLOCK, x, y + 4L * row);
    }
  }

  /** One vector of rows. */
  private static void dotRows(long words, int lane, int blocks, long x, long y) {
    IntVector values = IntVector.fromArray(I32, VALUES, 0);
    long word = words;
    long from = x;
    FloatVector total = FloatVector.zero(F32);
    for (int block = 0; block < blocks; block++) {
      FloatVector s =
          ((IntVector)
                  ShortVector.fromMemorySegment(I16, ALL, word - 2L * lane, LE)
                      .convertShape(S2I, I32, 0))
              .lanewise(LSHL, 13)
              .and(Halves.MASK)
              .reinterpretAsFloats()
              .mul(Halves.SCALE);
      FloatVector a = FloatVector.zero(F32);
      FloatVector b = a;
      FloatVector c = a;
      FloatVector d = a;
      FloatVector e = a;
      FloatVector f = a;
      FloatVector g = a;
      FloatVector p = a;
      word += SCALE_BYTES;
      // Not counted, so that the compiler makes no copies of this loop for its four rounds.
      long end = word + WORDS_BYTES;
      while (word != end) {
        // Scalars first: the compiler inlines their loads only in code that is not yet large.
        FloatVector x0 = FloatVector.broadcast(F32, ALL.get(Memory.F32, from));
        FloatVector x1 = FloatVector.broadcast(F32, ALL.get(Memory.F32, from + 64));
        FloatVector x2 = FloatVector.broadcast(F32, ALL.get(Memory.F32, from + 4));
        FloatVector x3 = FloatVector.broadcast(F32, ALL.get(Memory.F32, from + 68));
        FloatVector x4 = FloatVector.broadcast(F32, ALL.get(Memory.F32, from + 8));
        FloatVector x5 = FloatVector.broadcast(F32, ALL.get(Memory.F32, from + 72));
        FloatVector x6 = FloatVector.broadcast(F32, ALL.get(Memory.F32, from + 12));
        FloatVector x7 = FloatVector.broadcast(F32, ALL.get(Memory.F32, from + 76));
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
        from += 16;
      }
      from += 64;
      total = s.fma(a.add(b).add(c.add(d)).add(e.add(f).add(g.add(p))), total);
    }
    total.intoMemorySegment(ALL, y, LE);
  }
}
