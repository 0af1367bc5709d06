package dev.gatun.quantize.block;

import static dev.gatun.quantize.block.Arithmetic.nearest;

/**
 * Scale and minimum of values stored as {@code scale * q + minimum} with q in {@code 0 .. levels}
 * and a minimum of at most zero: rounds to a row of slightly different grids, solves each for scale
 * and minimum by weighted least squares, and keeps the one with the least weighted error. A better
 * minimum is also where the later grids start. ggml's {@code make_qkx2_quants} and {@code
 * make_qkx3_quants}, which agree for weights of at least zero.
 */
final class AffineSearch {
  /**
   * Which grids are tried, and how an error counts.
   *
   * @param first levels added to the range in the first trial
   * @param step and in each one after it
   * @param last the last trial's number
   * @param absolute whether errors count by magnitude instead of square
   */
  record Plan(float first, float step, int last, boolean absolute) {}

  /** With an importance, and for all types that have one. */
  static final Plan WEIGHTED = new Plan(-0.9f, 0.05f, 36, false);

  private static final int PART = 8;

  private final int n;
  private final int levels;
  private final Plan plan;
  private final float[] rounded;

  private float minimum;

  /** Of {@code n} values, a multiple of 8. */
  AffineSearch(int n, int levels, Plan plan) {
    this.n = n;
    this.levels = levels;
    this.plan = plan;
    this.rounded = new float[n];
  }

  /** What {@link #find} found beside the scale; at most zero. */
  float minimum() {
    return minimum;
  }

  /**
   * Finds scale and minimum.
   *
   * @param weights of the {@code n} values, not negative
   * @param quants receives the quants from {@code to}; zeros when all values are equal
   */
  float find(float[] x, int from, float[] weights, byte[] quants, int to) {
    float min = x[from];
    float max = x[from];
    float sumW = weights[0];
    float sumX = sumW * x[from];
    for (int i = 1; i < n; i++) {
      float v = x[from + i];
      min = v < min ? v : min;
      max = v > max ? v : max;
      sumW += weights[i];
      sumX += weights[i] * v;
    }
    if (min > 0) {
      min = 0;
    }
    minimum = min;
    if (max == min) {
      for (int i = 0; i < n; i++) {
        quants[to + i] = 0;
      }
      return 0;
    }
    float inverse = levels / (max - min);
    float scale = 1 / inverse;
    float bestInverse = inverse;
    float bestStart = min;
    for (int i = 0; i < n; i++) {
      rounded[i] = nearest(inverse * (x[from + i] - min), 0, levels);
    }
    float bestError = error(x, from, weights, scale, min, Float.NaN);
    for (int trial = 0; trial <= plan.last; trial++) {
      inverse = (plan.first + plan.step * trial + levels) / (max - min);
      float sumL = 0;
      float sumL2 = 0;
      float sumXl = 0;
      for (int i = 0; i < n; i++) {
        float v = x[from + i];
        float l = nearest(inverse * (v - min), 0, levels);
        float wl = weights[i] * l;
        rounded[i] = l;
        sumL += wl;
        sumL2 += wl * l;
        sumXl += wl * v;
      }
      float determinant = sumW * sumL2 - sumL * sumL;
      if (!(determinant > 0)) {
        continue;
      }
      float trialScale = (sumW * sumXl - sumX * sumL) / determinant;
      float trialMin = (sumL2 * sumX - sumL * sumXl) / determinant;
      if (trialMin > 0) {
        trialMin = 0;
        trialScale = sumXl / sumL2;
      }
      float error = error(x, from, weights, trialScale, trialMin, bestError);
      if (error < bestError) {
        bestError = error;
        bestInverse = inverse;
        bestStart = min;
        scale = trialScale;
        min = trialMin;
      }
    }
    minimum = min;
    for (int i = 0; i < n; i++) {
      quants[to + i] = (byte) nearest(bestInverse * (x[from + i] - bestStart), 0, levels);
    }
    return scale;
  }

  /**
   * The weighted error of what was rounded, or anything not below {@code enough}: terms are never
   * negative, so that a sum past the best one so far cannot win any more. NaN for all terms.
   */
  private float error(float[] x, int from, float[] weights, float scale, float min, float enough) {
    float error = 0;
    for (int start = 0; start < n; start += PART) {
      for (int i = start; i < start + PART; i++) {
        float difference = scale * rounded[i] + min - x[from + i];
        error += weights[i] * (plan.absolute ? Math.abs(difference) : difference * difference);
      }
      if (error >= enough) {
        break;
      }
    }
    return error;
  }
}
