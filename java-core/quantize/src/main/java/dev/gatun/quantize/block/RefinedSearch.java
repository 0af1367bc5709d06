package dev.gatun.quantize.block;

import static dev.gatun.quantize.block.Arithmetic.nearest;

/**
 * The scale of values stored as {@code scale * q} with q in {@code -levels .. levels - 1}, without
 * an importance: rounds once, then moves single quants while the fit, weighted by the squares of
 * the values, gets better. ggml's {@code make_q3_quants} with refinement.
 */
final class RefinedSearch {
  private static final float TINY = 1e-15f;
  private static final int ROUNDS = 5;

  private final int n;
  private final int levels;

  RefinedSearch(int n, int levels) {
    this.n = n;
    this.levels = levels;
  }

  /**
   * Finds the scale.
   *
   * @param quants receives {@code n} quants plus {@code levels} from {@code to}; zeros when all
   *     values are next to nothing
   */
  float find(float[] x, int from, byte[] quants, int to) {
    float max = 0;
    float magnitude = 0;
    for (int i = from; i < from + n; i++) {
      float a = Math.abs(x[i]);
      if (a > magnitude) {
        magnitude = a;
        max = x[i];
      }
    }
    if (magnitude < TINY) {
      for (int i = 0; i < n; i++) {
        quants[to + i] = 0;
      }
      return 0;
    }
    float inverse = -levels / max;
    float sumLx = 0;
    float sumL2 = 0;
    for (int i = 0; i < n; i++) {
      float v = x[from + i];
      int l = nearest(inverse * v, -levels, levels - 1);
      quants[to + i] = (byte) l;
      sumLx += v * v * v * l;
      sumL2 += v * v * l * l;
    }
    for (int round = 0; round < ROUNDS; round++) {
      boolean changed = false;
      for (int i = 0; i < n; i++) {
        float v = x[from + i];
        float weight = v * v;
        int old = quants[to + i];
        float lx = sumLx - weight * v * old;
        if (!(lx > 0)) {
          continue;
        }
        float l2 = sumL2 - weight * old * old;
        int l = nearest(v * l2 / lx, -levels, levels - 1);
        if (l == old) {
          continue;
        }
        lx += weight * v * l;
        l2 += weight * l * l;
        if (l2 > 0 && lx * lx * sumL2 > sumLx * sumLx * l2) {
          quants[to + i] = (byte) l;
          sumLx = lx;
          sumL2 = l2;
          changed = true;
        }
      }
      if (!changed) {
        break;
      }
    }
    for (int i = 0; i < n; i++) {
      quants[to + i] += (byte) levels;
    }
    return sumL2 > 0 ? sumLx / sumL2 : 0;
  }
}
