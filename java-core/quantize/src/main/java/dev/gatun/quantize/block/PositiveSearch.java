package dev.gatun.quantize.block;

import static dev.gatun.quantize.block.Arithmetic.nearest;

/**
 * The scale of values of at least zero stored as {@code scale * q} with q in {@code 0 .. levels}:
 * the best of nine scales by weighted squared error, then single quants moved while that helps.
 * ggml's {@code make_qp_quants}, which stores the scales of super-blocks.
 */
final class PositiveSearch {
  private static final float TINY = 1e-15f;
  private static final int ROUNDS = 5;

  private final int n;
  private final int levels;

  PositiveSearch(int n, int levels) {
    this.n = n;
    this.levels = levels;
  }

  /**
   * Finds the scale.
   *
   * @param x {@code n} values
   * @param quants receives {@code n} quants
   */
  float find(float[] x, float[] weights, int[] quants) {
    float max = 0;
    for (int i = 0; i < n; i++) {
      max = max > x[i] ? max : x[i];
    }
    if (max < TINY) {
      for (int i = 0; i < n; i++) {
        quants[i] = 0;
      }
      return 0;
    }
    float inverse = inverse(x, weights, max);
    float sumLx = 0;
    float sumL2 = 0;
    for (int i = 0; i < n; i++) {
      int l = Math.min(levels, nearest(inverse * x[i]));
      // Stored as one byte: a value below zero wraps, which the sums here do not see.
      quants[i] = l & 0xff;
      sumLx += weights[i] * x[i] * l;
      sumL2 += weights[i] * l * l;
    }
    for (int round = 0; round < ROUNDS; round++) {
      boolean changed = false;
      for (int i = 0; i < n; i++) {
        float weight = weights[i];
        float lx = sumLx - weight * x[i] * quants[i];
        float l2 = sumL2 - weight * quants[i] * quants[i];
        if (!(lx > 0 && l2 > 0)) {
          continue;
        }
        int l = Math.min(levels, nearest(x[i] * l2 / lx));
        if (l == quants[i]) {
          continue;
        }
        lx += weight * x[i] * l;
        l2 += weight * l * l;
        if (lx * lx * sumL2 > sumLx * sumLx * l2) {
          quants[i] = l & 0xff;
          sumLx = lx;
          sumL2 = l2;
          changed = true;
        }
      }
      if (!changed) {
        break;
      }
    }
    return sumL2 > 0 ? sumLx / sumL2 : 0;
  }

  /** The reciprocal of the best of nine scales. */
  private float inverse(float[] x, float[] weights, float max) {
    float best = levels / max;
    float scale = 1 / best;
    float bestError = 0;
    for (int i = 0; i < n; i++) {
      // The plain scale is not bounded, but stored as one byte before it is compared.
      float difference = x[i] - scale * (nearest(best * x[i]) & 0xff);
      bestError += weights[i] * difference * difference;
    }
    for (int step = -4; step <= 4; step++) {
      if (step == 0) {
        continue;
      }
      float inverse = (0.1f * step + levels) / max;
      float trial = 1 / inverse;
      float error = 0;
      for (int i = 0; i < n; i++) {
        int l = Math.min(levels, nearest(inverse * x[i]));
        float difference = x[i] - trial * l;
        error += weights[i] * difference * difference;
      }
      if (error < bestError) {
        bestError = error;
        best = inverse;
      }
    }
    return best;
  }
}
