package dev.gatun.quantize.block;

import static dev.gatun.quantize.block.Arithmetic.nearest;

import dev.gatun.tensor.DType;
import java.util.Arrays;

/**
 * Q4_K and Q5_K: eight sub-blocks of 32 with four or five bits each; scales and minimums of six
 * bits. Without an importance a value counts by its magnitude and the mean one of its sub-block.
 */
final class Q45K extends RowEncoder.Blocks {
  private static final int SUBS = 8;
  private static final int N = 32;
  private static final int SCALES = 63;

  private final boolean five;
  private final int levels;
  private final AffineSearch search;
  private final PositiveSearch scaleSearch = new PositiveSearch(SUBS, SCALES);
  private final float[] weights = new float[N];
  private final float[] subWeights = new float[SUBS];
  private final float[] scales = new float[SUBS];
  private final float[] minimums = new float[SUBS];
  private final int[] scaleQuants = new int[SUBS];
  private final int[] minimumQuants = new int[SUBS];
  private final byte[] quants = new byte[256];

  Q45K(DType dtype, boolean weighted) {
    super(dtype);
    five = dtype == DType.Q5_K;
    levels = five ? 31 : 15;
    AffineSearch.Plan plain =
        five
            ? new AffineSearch.Plan(-0.5f, 0.1f, 15, false)
            : new AffineSearch.Plan(-1, 0.1f, 20, false);
    search = new AffineSearch(N, levels, weighted ? AffineSearch.WEIGHTED : plain);
  }

  @Override
  void block(float[] x, int from, float[] importance, int column, byte[] dst, int at) {
    float spread = importance == null ? 0 : 2 * Arithmetic.sumOfSquares(x, from, 256) / 256;
    for (int s = 0; s < SUBS; s++) {
      int start = from + N * s;
      if (importance == null) {
        weighByMagnitude(x, start);
      } else {
        Arithmetic.weigh(importance, column + N * s, spread, x, start, weights, N);
        subWeights[s] = Arithmetic.sum(weights, N);
      }
      scales[s] = search.find(x, start, weights, quants, N * s);
      minimums[s] = -search.minimum();
    }
    float d;
    float dmin;
    if (importance == null) {
      d = Arithmetic.putHalf(dst, at, byLargest(scales, scaleQuants));
      dmin = Arithmetic.putHalf(dst, at + 2, byLargest(minimums, minimumQuants));
    } else {
      d = Arithmetic.putHalf(dst, at, scaleSearch.find(scales, subWeights, scaleQuants));
      dmin = Arithmetic.putHalf(dst, at + 2, scaleSearch.find(minimums, subWeights, minimumQuants));
    }
    packScales(dst, at + 4);
    round(x, from, d, dmin, dst, at + 4);
    if (five) {
      packFifthBits(dst, at + 16);
    }
    packNibbles(dst, five ? at + 48 : at + 16);
  }

  private void weighByMagnitude(float[] x, int from) {
    float mean = Arithmetic.sqrt(Arithmetic.sumOfSquares(x, from, N) / N);
    for (int i = 0; i < N; i++) {
      weights[i] = mean + Math.abs(x[from + i]);
    }
  }

  /** Quantizes values of at least zero by the largest; returns the scale. */
  private static float byLargest(float[] values, int[] quants) {
    float largest = 0;
    for (int s = 0; s < SUBS; s++) {
      largest = values[s] > largest ? values[s] : largest;
    }
    float inverse = largest > 0 ? SCALES / largest : 0;
    for (int s = 0; s < SUBS; s++) {
      quants[s] = Math.min(SCALES, nearest(inverse * values[s]) & 0xff);
    }
    return largest / SCALES;
  }

  /**
   * Eight scales and eight minimums of six bits to twelve bytes: the first four of each whole, of
   * the others the low four bits side by side, and the high two above the first ones.
   */
  private void packScales(byte[] dst, int at) {
    for (int s = 0; s < 4; s++) {
      int scale = bounded(scaleQuants[s + 4]);
      int minimum = bounded(minimumQuants[s + 4]);
      dst[at + s] = (byte) (bounded(scaleQuants[s]) | scale >> 4 << 6);
      dst[at + 4 + s] = (byte) (bounded(minimumQuants[s]) | minimum >> 4 << 6);
      dst[at + 8 + s] = (byte) ((scale & 15) | (minimum & 15) << 4);
    }
  }

  /** Q5_K bounds what a search returns, Q4_K does not. */
  private int bounded(int quant) {
    return five ? Math.min(SCALES, quant) : quant;
  }

  /** Rounds again, to the scales and minimums that a reader will see. */
  private void round(float[] x, int from, float d, float dmin, byte[] dst, int at) {
    for (int s = 0; s < SUBS; s++) {
      int low = at + s % 4;
      int scaleBits = s < 4 ? dst[low] & 63 : (dst[low + 8] & 15) | (dst[low] & 0xc0) >> 2;
      int minimumBits =
          s < 4 ? dst[low + 4] & 63 : (dst[low + 8] >> 4 & 15) | (dst[low + 4] & 0xc0) >> 2;
      float scale = d * scaleBits;
      if (scale == 0) {
        continue;
      }
      float minimum = dmin * minimumBits;
      for (int i = N * s; i < N * (s + 1); i++) {
        quants[i] = (byte) nearest((x[from + i] + minimum) / scale, 0, levels);
      }
    }
  }

  private void packFifthBits(byte[] dst, int at) {
    Arrays.fill(dst, at, at + N, (byte) 0);
    for (int i = 0; i < 256; i++) {
      dst[at + i % N] |= (byte) ((quants[i] >> 4 & 1) << (i / N));
    }
  }

  private void packNibbles(byte[] dst, int at) {
    for (int pair = 0; pair < 256; pair += 64, at += N) {
      for (int j = 0; j < N; j++) {
        dst[at + j] = (byte) ((quants[pair + j] & 15) | quants[pair + N + j] << 4);
      }
    }
  }
}
