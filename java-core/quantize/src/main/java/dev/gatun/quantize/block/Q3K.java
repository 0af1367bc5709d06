package dev.gatun.quantize.block;

import static dev.gatun.quantize.block.Arithmetic.nearest;

import dev.gatun.tensor.DType;
import java.util.Arrays;

/** Q3_K: 16 sub-blocks of 16 with three bits each; scales of six bits with a sign. */
final class Q3K extends RowEncoder.Blocks {
  private static final int SUB = 16;
  private static final int LEVELS = 4;
  private static final int SCALES = 32;

  private final RefinedSearch refined = new RefinedSearch(SUB, LEVELS);
  private final SymmetricSearch search = new SymmetricSearch(SUB, LEVELS);
  private final SymmetricSearch scaleSearch = new SymmetricSearch(SUB, SCALES);
  private final float[] weights = new float[SUB];
  private final float[] subWeights = new float[SUB];
  private final float[] scales = new float[SUB];
  private final byte[] scaleQuants = new byte[SUB];
  private final byte[] quants = new byte[256];

  Q3K() {
    super(DType.Q3_K);
  }

  @Override
  void block(float[] x, int from, float[] importance, int column, byte[] dst, int at) {
    float d = importance == null ? plain(x, from) : weighted(x, from, importance, column);
    d = Arithmetic.putHalf(dst, at + 108, d);
    packScales(dst, at + 96);
    for (int s = 0; s < SUB; s++) {
      float scale = d * (scaleQuants[s] - SCALES);
      if (scale != 0) {
        for (int i = SUB * s; i < SUB * (s + 1); i++) {
          quants[i] = (byte) (nearest(x[from + i] / scale, -LEVELS, LEVELS - 1) + LEVELS);
        }
      }
    }
    Arrays.fill(dst, at, at + 32, (byte) 0);
    for (int i = 0; i < 256; i++) {
      dst[at + i % 32] |= (byte) ((quants[i] >> 2 & 1) << (i / 32));
      quants[i] &= 3;
    }
    TwoBits.pack(quants, dst, at + 32);
  }

  /** Finds scales and their quants; returns what scales those. */
  private float plain(float[] x, int from) {
    float largest = 0;
    float magnitude = 0;
    for (int s = 0; s < SUB; s++) {
      scales[s] = refined.find(x, from + SUB * s, quants, SUB * s);
      if (Math.abs(scales[s]) > magnitude) {
        magnitude = Math.abs(scales[s]);
        largest = scales[s];
      }
    }
    if (largest == 0) {
      // Six zero bits, which read as -32 times a scale of zero.
      Arrays.fill(scaleQuants, (byte) 0);
      return 0;
    }
    float inverse = -(float) SCALES / largest;
    for (int s = 0; s < SUB; s++) {
      byte l = (byte) nearest(inverse * scales[s]);
      scaleQuants[s] = (byte) (Math.max(-SCALES, Math.min(SCALES - 1, l)) + SCALES);
    }
    return 1 / inverse;
  }

  private float weighted(float[] x, int from, float[] importance, int column) {
    float spread = 2 * Arithmetic.sumOfSquares(x, from, 256) / 256;
    for (int s = 0; s < SUB; s++) {
      int start = SUB * s;
      Arithmetic.weigh(importance, column + start, spread, x, from + start, weights, SUB);
      subWeights[s] = Arithmetic.sum(weights, SUB);
      scales[s] = search.find(x, from + start, weights, 0, quants, start);
    }
    return scaleSearch.find(scales, 0, subWeights, 0, scaleQuants, 0);
  }

  /** Low four bits as nibbles of eight bytes, high two bits in the next four. */
  private void packScales(byte[] dst, int at) {
    Arrays.fill(dst, at, at + 12, (byte) 0);
    for (int s = 0; s < SUB; s++) {
      dst[at + s % 8] |= (byte) ((scaleQuants[s] & 15) << (s / 8 * 4));
      dst[at + 8 + s % 4] |= (byte) (scaleQuants[s] >> 4 << (s / 4 * 2));
    }
  }
}
