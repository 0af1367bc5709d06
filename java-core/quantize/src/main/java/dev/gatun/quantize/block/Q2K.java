package dev.gatun.quantize.block;

import static dev.gatun.quantize.block.Arithmetic.nearest;

import dev.gatun.tensor.DType;

/**
 * Q2_K: 16 sub-blocks of 16 with two bits each; scales and minimums of four bits. Without an
 * importance, values count by their magnitude and errors too.
 */
final class Q2K extends RowEncoder.Blocks {
  private static final int SUB = 16;
  private static final int LEVELS = 3;
  private static final int SCALES = 15;

  private final AffineSearch search;
  private final PositiveSearch scaleSearch = new PositiveSearch(SUB, SCALES);
  private final float[] weights = new float[SUB];
  private final float[] subWeights = new float[SUB];
  private final float[] scales = new float[SUB];
  private final float[] minimums = new float[SUB];
  private final int[] scaleQuants = new int[SUB];
  private final int[] minimumQuants = new int[SUB];
  private final byte[] quants = new byte[256];

  Q2K(boolean weighted) {
    super(DType.Q2_K);
    search =
        new AffineSearch(
            SUB,
            LEVELS,
            weighted ? AffineSearch.WEIGHTED : new AffineSearch.Plan(-0.5f, 0.1f, 15, true));
  }

  @Override
  void block(float[] x, int from, float[] importance, int column, byte[] dst, int at) {
    float spread = importance == null ? 0 : Arithmetic.sumOfSquares(x, from, 256) / 256;
    for (int s = 0; s < SUB; s++) {
      int start = from + SUB * s;
      if (importance == null) {
        for (int i = 0; i < SUB; i++) {
          weights[i] = Math.abs(x[start + i]);
        }
      } else {
        Arithmetic.weigh(importance, column + SUB * s, spread, x, start, weights, SUB);
        subWeights[s] = Arithmetic.sum(weights, SUB);
      }
      scales[s] = search.find(x, start, weights, quants, SUB * s);
      minimums[s] = -search.minimum();
    }
    float d;
    float dmin;
    if (importance == null) {
      d = Arithmetic.putHalf(dst, at + 80, byLargest(scales, scaleQuants));
      dmin = Arithmetic.putHalf(dst, at + 82, byLargest(minimums, minimumQuants));
    } else {
      d = Arithmetic.putHalf(dst, at + 80, scaleSearch.find(scales, subWeights, scaleQuants));
      dmin =
          Arithmetic.putHalf(dst, at + 82, scaleSearch.find(minimums, subWeights, minimumQuants));
    }
    for (int s = 0; s < SUB; s++) {
      int packed = (scaleQuants[s] | minimumQuants[s] << 4) & 0xff;
      dst[at + s] = (byte) packed;
      round(x, from + SUB * s, d * (packed & 15), dmin * (packed >> 4), SUB * s);
    }
    TwoBits.pack(quants, dst, at + 16);
  }

  /** Quantizes values of at least zero by the largest; returns the scale. */
  private static float byLargest(float[] values, int[] quants) {
    float largest = 0;
    for (int s = 0; s < SUB; s++) {
      largest = values[s] > largest ? values[s] : largest;
    }
    if (!(largest > 0)) {
      for (int s = 0; s < SUB; s++) {
        quants[s] = 0;
      }
      return 0;
    }
    float inverse = SCALES / largest;
    for (int s = 0; s < SUB; s++) {
      quants[s] = nearest(inverse * values[s]);
    }
    return largest / SCALES;
  }

  private void round(float[] x, int from, float scale, float minimum, int to) {
    if (scale == 0) {
      return;
    }
    for (int i = 0; i < SUB; i++) {
      quants[to + i] = (byte) nearest((x[from + i] + minimum) / scale, 0, LEVELS);
    }
  }
}
