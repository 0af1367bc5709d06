package dev.gatun.vector.matmul;

import static dev.gatun.vector.simd.Lanes.F32;
import static dev.gatun.vector.simd.Lanes.I16;
import static dev.gatun.vector.simd.Lanes.I32;
import static dev.gatun.vector.simd.Lanes.LE;
import static dev.gatun.vector.simd.Memory.ALL;
import static jdk.incubator.vector.VectorOperators.ASHR;
import static jdk.incubator.vector.VectorOperators.I2F;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.ROR;
import static jdk.incubator.vector.VectorOperators.S2I;

import dev.gatun.tensor.DType;
import dev.gatun.vector.simd.Lanes;
import dev.gatun.vector.simd.Memory;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;

/**
 * Q3_K: {@code w = d s (q - 4)}; per 256 elements a scale d, per 16 elements an integer s.
 *
 * <p>A tile is two {@link HalfTiles halves}; a half is k/256 blocks: d, F16 [16]; then four times,
 * for four sub-blocks of 16 elements each that lie 32 elements apart: s of the sub-blocks, a byte
 * each from the lowest on [16]; two planes with the high bits [2][16]; and the two low bits of two
 * elements of each sub-block, 16 bits [8][16] as in the file. A plane holds the bits of every other
 * round in a byte, placed so that one shift brings those of two fields above them.
 */
final class Q3KTiles extends TileFormat {
  private static final int BLOCK = 256;
  private static final int BLOCK_BYTES = 110;
  private static final int SCALE_BYTES = 2 * HalfTiles.ROWS;
  private static final int WORD_BYTES = 4 * HalfTiles.ROWS;
  private static final int FIELD_BYTES = 2 * HalfTiles.ROWS;
  private static final int FIELDS_BYTES = 8 * FIELD_BYTES;
  private static final int CHUNKS_BYTES = 4 * (3 * WORD_BYTES + FIELDS_BYTES);
  private static final int STEP_BYTES = SCALE_BYTES + CHUNKS_BYTES;
  private static final int LOWER = 3 << 18;
  private static final int UPPER = 3 << 20;
  private static final int LOWER_BIT = 1 << 20;
  private static final int UPPER_BIT = 1 << 22;

  /** 32: the float whose bit 18 has the weight 1. */
  private static final int LOWER_ONE = 0x4200_0000;

  /** 8: the float whose bit 20 has the weight 1. */
  private static final int UPPER_ONE = 0x4100_0000;

  private static final float LOWER_OFFSET = -32 - 4;
  private static final float UPPER_OFFSET = -8 - 4;

  Q3KTiles() {
    super(DType.Q3_K);
  }

  @Override
  String layout() {
    return "q3_k.block.16";
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
        ALL.set(Memory.I16, word - 2L * (r % HalfTiles.ROWS), ALL.get(Memory.I16, from + 108));
        word += SCALE_BYTES;
        for (int chunk = 0; chunk < 4; chunk++) {
          int half = chunk / 2;
          int parity = chunk % 2;
          ALL.set(Memory.I32, word, scales(from + 96, 8 * half + parity));
          ALL.set(Memory.I32, word + WORD_BYTES, plane(from + 16L * parity, 4 * half));
          ALL.set(Memory.I32, word + 2 * WORD_BYTES, plane(from + 16L * parity + 2, 4 * half));
          word += 3 * WORD_BYTES;
          long quants = from + 32 + 32L * half + 16L * parity;
          for (int i = 0; i < 16; i += 2) {
            short fields = ALL.get(Memory.I16, quants + i);
            ALL.set(Memory.I16, word - 2L * (r % HalfTiles.ROWS), fields);
            word += FIELD_BYTES;
          }
        }
      }
    }
  }

  /** Scales i, i + 2, i + 4 and i + 6, a byte each from the lowest on. */
  private static int scales(long at, int i) {
    int scales = 0;
    for (int j = 0; j < 4; j++) {
      int sub = i + 2 * j;
      int low = ALL.get(Memory.I8, at + sub % 8) >> (sub / 8 * 4) & 15;
      int high = ALL.get(Memory.I8, at + 8 + sub % 4) >> (sub / 4 * 2) & 3;
      scales |= (((low | (high << 4)) - 32) & 0xff) << (8 * j);
    }
    return scales;
  }

  /** High bits of every other round: of two bytes in four, four bits from {@code shift} on. */
  private static int plane(long at, int shift) {
    int plane = 0;
    for (int i = 0; i < 4; i++) {
      int first = spread(ALL.get(Memory.I8, at + 4L * i) >> shift);
      int second = spread(ALL.get(Memory.I8, at + 4L * i + 1) >> shift);
      plane |= ((first << 4) | second) << (8 * i);
    }
    return Integer.rotateLeft(plane, 15);
  }

  /** Four bits to the places where shifts of 0 and 1 bring them to bits two apart. */
  private static int spread(int bits) {
    return ((bits & 1) << 1) | ((bits & 2) << 2) | (bits >> 2 & 1) | ((bits >> 3 & 1) << 2);
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
      FloatVector d =
          ((IntVector)
                  ShortVector.fromMemorySegment(I16, ALL, word - 2L * lane, LE)
                      .convertShape(S2I, I32, 0))
              .lanewise(LSHL, 13)
              .and(Halves.MASK)
              .reinterpretAsFloats()
              .mul(Halves.SCALE);
      word += SCALE_BYTES;
      long skip = 0;
      long last = word + CHUNKS_BYTES;
      while (word != last) {
        IntVector subs = IntVector.fromMemorySegment(I32, ALL, word, LE);
        IntVector h = IntVector.fromMemorySegment(I32, ALL, word + WORD_BYTES, LE);
        IntVector g = IntVector.fromMemorySegment(I32, ALL, word + 2 * WORD_BYTES, LE);
        FloatVector s0 = d.mul(subs.lanewise(LSHL, 24).lanewise(ASHR, 24).convert(I2F, 0));
        FloatVector s1 = d.mul(subs.lanewise(LSHL, 16).lanewise(ASHR, 24).convert(I2F, 0));
        FloatVector s2 = d.mul(subs.lanewise(LSHL, 8).lanewise(ASHR, 24).convert(I2F, 0));
        FloatVector s3 = d.mul(subs.lanewise(ASHR, 24).convert(I2F, 0));
        word += 3 * WORD_BYTES;
        long end = word + FIELDS_BYTES;
        while (word != end) {
          IntVector u =
              (IntVector)
                  ShortVector.fromMemorySegment(I16, ALL, word - 2L * lane, LE)
                      .convertShape(S2I, I32, 0);
          IntVector u0 = u.lanewise(LSHL, 18);
          IntVector u1 = u.lanewise(LSHL, 14);
          IntVector u2 = u.lanewise(LSHL, 10);
          IntVector u3 = u.lanewise(LSHL, 6);
          IntVector h1 = h.lanewise(LSHL, 1);
          IntVector h2 = h.lanewise(LSHL, 4);
          IntVector h3 = h.lanewise(LSHL, 5);
          FloatVector w0 =
              u0.and(LOWER)
                  .or(LOWER_ONE)
                  .or(h.and(LOWER_BIT))
                  .reinterpretAsFloats()
                  .add(LOWER_OFFSET)
                  .mul(s0);
          w0.intoMemorySegment(ALL, out, LE);
          FloatVector w1 =
              u0.and(UPPER)
                  .or(UPPER_ONE)
                  .or(h.and(UPPER_BIT))
                  .reinterpretAsFloats()
                  .add(UPPER_OFFSET)
                  .mul(s1);
          w1.intoMemorySegment(ALL, out + 32 * PANEL_BYTES, LE);
          FloatVector w2 =
              u1.and(LOWER)
                  .or(LOWER_ONE)
                  .or(h1.and(LOWER_BIT))
                  .reinterpretAsFloats()
                  .add(LOWER_OFFSET)
                  .mul(s2);
          w2.intoMemorySegment(ALL, out + 64 * PANEL_BYTES, LE);
          FloatVector w3 =
              u1.and(UPPER)
                  .or(UPPER_ONE)
                  .or(h1.and(UPPER_BIT))
                  .reinterpretAsFloats()
                  .add(UPPER_OFFSET)
                  .mul(s3);
          w3.intoMemorySegment(ALL, out + 96 * PANEL_BYTES, LE);
          FloatVector w4 =
              u2.and(LOWER)
                  .or(LOWER_ONE)
                  .or(h2.and(LOWER_BIT))
                  .reinterpretAsFloats()
                  .add(LOWER_OFFSET)
                  .mul(s0);
          w4.intoMemorySegment(ALL, out + 1 * PANEL_BYTES, LE);
          FloatVector w5 =
              u2.and(UPPER)
                  .or(UPPER_ONE)
                  .or(h2.and(UPPER_BIT))
                  .reinterpretAsFloats()
                  .add(UPPER_OFFSET)
                  .mul(s1);
          w5.intoMemorySegment(ALL, out + 33 * PANEL_BYTES, LE);
          FloatVector w6 =
              u3.and(LOWER)
                  .or(LOWER_ONE)
                  .or(h3.and(LOWER_BIT))
                  .reinterpretAsFloats()
                  .add(LOWER_OFFSET)
                  .mul(s2);
          w6.intoMemorySegment(ALL, out + 65 * PANEL_BYTES, LE);
          FloatVector w7 =
              u3.and(UPPER)
                  .or(UPPER_ONE)
                  .or(h3.and(UPPER_BIT))
                  .reinterpretAsFloats()
                  .add(UPPER_OFFSET)
                  .mul(s3);
          w7.intoMemorySegment(ALL, out + 97 * PANEL_BYTES, LE);
          IntVector turned = h.lanewise(ROR, 8);
          h = g;
          g = turned;
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
      FloatVector s =
          ((IntVector)
                  ShortVector.fromMemorySegment(I16, ALL, word - 2L * lane, LE)
                      .convertShape(S2I, I32, 0))
              .lanewise(LSHL, 13)
              .and(Halves.MASK)
              .reinterpretAsFloats()
              .mul(Halves.SCALE);
      FloatVector scaled = FloatVector.zero(F32);
      word += SCALE_BYTES;
      long skip = 0;
      long last = word + CHUNKS_BYTES;
      while (word != last) {
        FloatVector a = FloatVector.broadcast(F32, LOWER_OFFSET * ALL.get(Memory.F32, sum));
        FloatVector b = FloatVector.broadcast(F32, UPPER_OFFSET * ALL.get(Memory.F32, sum + 8));
        FloatVector c = FloatVector.broadcast(F32, LOWER_OFFSET * ALL.get(Memory.F32, sum + 16));
        FloatVector d = FloatVector.broadcast(F32, UPPER_OFFSET * ALL.get(Memory.F32, sum + 24));
        FloatVector e = FloatVector.zero(F32);
        FloatVector f = e;
        FloatVector o = e;
        FloatVector p = e;
        IntVector subs = IntVector.fromMemorySegment(I32, ALL, word, LE);
        IntVector h = IntVector.fromMemorySegment(I32, ALL, word + WORD_BYTES, LE);
        IntVector g = IntVector.fromMemorySegment(I32, ALL, word + 2 * WORD_BYTES, LE);
        word += 3 * WORD_BYTES;
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
          IntVector u0 = u.lanewise(LSHL, 18);
          IntVector u1 = u.lanewise(LSHL, 14);
          IntVector u2 = u.lanewise(LSHL, 10);
          IntVector u3 = u.lanewise(LSHL, 6);
          IntVector h1 = h.lanewise(LSHL, 1);
          IntVector h2 = h.lanewise(LSHL, 4);
          IntVector h3 = h.lanewise(LSHL, 5);
          a = u0.and(LOWER).or(LOWER_ONE).or(h.and(LOWER_BIT)).reinterpretAsFloats().fma(x0, a);
          b = u0.and(UPPER).or(UPPER_ONE).or(h.and(UPPER_BIT)).reinterpretAsFloats().fma(x1, b);
          c = u1.and(LOWER).or(LOWER_ONE).or(h1.and(LOWER_BIT)).reinterpretAsFloats().fma(x2, c);
          d = u1.and(UPPER).or(UPPER_ONE).or(h1.and(UPPER_BIT)).reinterpretAsFloats().fma(x3, d);
          e = u2.and(LOWER).or(LOWER_ONE).or(h2.and(LOWER_BIT)).reinterpretAsFloats().fma(x4, e);
          f = u2.and(UPPER).or(UPPER_ONE).or(h2.and(UPPER_BIT)).reinterpretAsFloats().fma(x5, f);
          o = u3.and(LOWER).or(LOWER_ONE).or(h3.and(LOWER_BIT)).reinterpretAsFloats().fma(x6, o);
          p = u3.and(UPPER).or(UPPER_ONE).or(h3.and(UPPER_BIT)).reinterpretAsFloats().fma(x7, p);
          IntVector turned = h.lanewise(ROR, 8);
          h = g;
          g = turned;
          word += FIELD_BYTES;
          from += 8;
        }
        scaled = a.add(e).fma(subs.lanewise(LSHL, 24).lanewise(ASHR, 24).convert(I2F, 0), scaled);
        scaled = b.add(f).fma(subs.lanewise(LSHL, 16).lanewise(ASHR, 24).convert(I2F, 0), scaled);
        scaled = c.add(o).fma(subs.lanewise(LSHL, 8).lanewise(ASHR, 24).convert(I2F, 0), scaled);
        scaled = d.add(p).fma(subs.lanewise(ASHR, 24).convert(I2F, 0), scaled);
        from += skip;
        sum += (skip + 64) / 16;
        skip = 384 - skip;
      }
      total = s.fma(scaled, total);
    }
    total.intoMemorySegment(ALL, y, LE);
  }
}
