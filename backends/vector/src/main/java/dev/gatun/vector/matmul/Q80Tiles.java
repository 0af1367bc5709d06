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
import dev.gatun.vector.simd.Constants;
import dev.gatun.vector.simd.Lanes;
import dev.gatun.vector.simd.Memory;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;

/**
 * Q8_0: {@code w = d q} with one scale per 32 elements.
 *
 * <p>A tile is {@link RowGroups groups} of rows; a group is k/32 blocks: scales, F16 [rows]; then
 * words [8][rows] of four elements each. Elements are biased by 128 and the word is turned left by
 * seven bits, so that after at most one shift of a whole byte an element stands at bit 15, where
 * the right exponent makes the float 256 + 128 + q of it (compare {@link Nibbles}).
 */
final class Q80Tiles extends TileFormat {
  private static final int BLOCK = 32;
  private static final int BLOCK_BYTES = 34;
  private static final int SCALE_BYTES = 2 * RowGroups.ROWS;
  private static final int WORD_BYTES = 4 * RowGroups.ROWS;
  private static final int WORDS_BYTES = 8 * WORD_BYTES;
  private static final int STEP_BYTES = SCALE_BYTES + WORDS_BYTES;
  private static final int FIELD = 0xff << 15;

  /** 256: the float whose bit 15 has the weight 1. */
  private static final int FIELD_ONE = 0x4380_0000;

  private static final float OFFSET = -256 - 128;

  private static final long FIELD_AT = Constants.address(FIELD);
  private static final long FIELD_ONE_AT = Constants.address(FIELD_ONE);

  Q80Tiles() {
    super(DType.Q8_0);
  }

  @Override
  String layout() {
    return "q8_0.block." + RowGroups.ROWS;
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
        ALL.set(Memory.I16, word - 2L * RowGroups.lane(r), ALL.get(Memory.I16, from));
        word += SCALE_BYTES;
        for (int i = 0; i < 8; i++) {
          int quants = ALL.get(Memory.I32, from + 2 + 4L * i) ^ 0x8080_8080;
          ALL.set(Memory.I32, word + (long) i * WORD_BYTES, Integer.rotateLeft(quants, 7));
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
      FloatVector d =
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
        IntVector uLeft = u.lanewise(LSHL, 8);
        IntVector uRight = u.lanewise(LSHR, 8);
        IntVector uTurned = u.lanewise(ROR, 16);
        FloatVector w0 = uLeft.and(FIELD).or(FIELD_ONE).reinterpretAsFloats().add(OFFSET).mul(d);
        w0.intoMemorySegment(ALL, out, LE);
        FloatVector w1 = u.and(FIELD).or(FIELD_ONE).reinterpretAsFloats().add(OFFSET).mul(d);
        w1.intoMemorySegment(ALL, out + 1 * PANEL_BYTES, LE);
        FloatVector w2 = uRight.and(FIELD).or(FIELD_ONE).reinterpretAsFloats().add(OFFSET).mul(d);
        w2.intoMemorySegment(ALL, out + 2 * PANEL_BYTES, LE);
        FloatVector w3 = uTurned.and(FIELD).or(FIELD_ONE).reinterpretAsFloats().add(OFFSET).mul(d);
        w3.intoMemorySegment(ALL, out + 3 * PANEL_BYTES, LE);
        word += WORD_BYTES;
        out += 4 * PANEL_BYTES;
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
      dotRows(RowGroups.at(tile, row, groupBytes(k)), k, x, sums, y + 4L * row);
    }
  }

  /** Two vectors of rows. */
  private static void dotRows(long words, int k, long x, long sums, long y) {
    IntVector field = IntVector.broadcast(I32, ALL.get(Memory.I32, FIELD_AT));
    IntVector one = IntVector.broadcast(I32, ALL.get(Memory.I32, FIELD_ONE_AT));
    long word = words;
    long last = words + groupBytes(k);
    long from = x;
    long sum = sums;
    FloatVector total0 = FloatVector.zero(F32);
    FloatVector total1 = FloatVector.zero(F32);
    while (word != last) {
      float blockSum = ALL.get(Memory.F32, sum) + ALL.get(Memory.F32, sum + 4);
      FloatVector a0 = FloatVector.broadcast(F32, OFFSET * blockSum);
      FloatVector a1 = a0;
      FloatVector b0 = FloatVector.zero(F32);
      FloatVector b1 = b0;
      long scale = word;
      word += SCALE_BYTES;
      long end = word + WORDS_BYTES;
      while (word != end) {
        IntVector u = IntVector.fromMemorySegment(I32, ALL, word, LE);
        IntVector uLeft = u.lanewise(LSHL, 8);
        IntVector uRight = u.lanewise(LSHR, 8);
        IntVector uTurned = u.lanewise(ROR, 16);
        IntVector v = IntVector.fromMemorySegment(I32, ALL, word + Lanes.BYTES, LE);
        IntVector vLeft = v.lanewise(LSHL, 8);
        IntVector vRight = v.lanewise(LSHR, 8);
        IntVector vTurned = v.lanewise(ROR, 16);
        FloatVector x0 = FloatVector.broadcast(F32, ALL.get(Memory.F32, from));
        a0 = uLeft.and(field).or(one).reinterpretAsFloats().fma(x0, a0);
        a1 = vLeft.and(field).or(one).reinterpretAsFloats().fma(x0, a1);
        FloatVector x1 = FloatVector.broadcast(F32, ALL.get(Memory.F32, from + 4));
        b0 = u.and(field).or(one).reinterpretAsFloats().fma(x1, b0);
        b1 = v.and(field).or(one).reinterpretAsFloats().fma(x1, b1);
        FloatVector x2 = FloatVector.broadcast(F32, ALL.get(Memory.F32, from + 8));
        a0 = uRight.and(field).or(one).reinterpretAsFloats().fma(x2, a0);
        a1 = vRight.and(field).or(one).reinterpretAsFloats().fma(x2, a1);
        FloatVector x3 = FloatVector.broadcast(F32, ALL.get(Memory.F32, from + 12));
        b0 = uTurned.and(field).or(one).reinterpretAsFloats().fma(x3, b0);
        b1 = vTurned.and(field).or(one).reinterpretAsFloats().fma(x3, b1);
        word += WORD_BYTES;
        from += 16;
      }
      FloatVector d0 =
          ((IntVector) ShortVector.fromMemorySegment(I16, ALL, scale, LE).convertShape(S2I, I32, 0))
              .lanewise(LSHL, 13)
              .and(Halves.MASK)
              .reinterpretAsFloats()
              .mul(Halves.SCALE);
      FloatVector d1 =
          ((IntVector)
                  ShortVector.fromMemorySegment(I16, ALL, scale + Lanes.BYTES / 2, LE)
                      .convertShape(S2I, I32, 0))
              .lanewise(LSHL, 13)
              .and(Halves.MASK)
              .reinterpretAsFloats()
              .mul(Halves.SCALE);
      total0 = d0.fma(a0.add(b0), total0);
      total1 = d1.fma(a1.add(b1), total1);
      sum += 8;
    }
    total0.intoMemorySegment(ALL, y, LE);
    total1.intoMemorySegment(ALL, y + Lanes.BYTES, LE);
  }
}
