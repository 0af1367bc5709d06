package dev.gatun.quantize.block;

import static dev.gatun.quantize.block.Arithmetic.nearest;

/**
 * The scale of values stored as {@code scale * q} with q in {@code -levels .. levels - 1}: tries
 * nineteen scales around the one that maps the largest magnitude to {@code -levels}, and keeps the
 * one with the least weighted squared error, solved for the scale by least squares. ggml's {@code
 * make_qx_quants} with its first kind of error.
 */
final class SymmetricSearch {
  private static final float TINY = 1e-15f;
  private static final int REACH = 9;

  private final int n;
  private final int levels;
  private final float[] products;

  /** Of {@code n} values, an even number. */
  SymmetricSearch(int n, int levels) {
    this.n = n;
    this.levels = levels;
    this.products = new float[n];
  }

  /**
   * Finds the scale.
   *
   * @param weights of the values, from {@code w}
   * @param quants receives {@code n} quants plus {@code levels} from {@code to}; zeros when all
   *     values are next to nothing
   */
  float find(float[] x, int from, float[] weights, int w, byte[] quants, int to) {
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
    for (int i = 0; i < n; i++) {
      products[i] = weights[w + i] * x[from + i];
    }
    float inverse = -levels / max;
    // Two scales at a time: each sum is a chain of additions that must stay in order, so the
    // chains of several scales are what a processor can overlap.
    float sumLx = 0;
    float sumL2 = 0;
    for (int i = 0; i < n; i++) {
      int l = nearest(inverse * x[from + i], -levels, levels - 1);
      sumLx += products[i] * l;
      sumL2 += weights[w + i] * l * l;
    }
    float scale = sumL2 != 0 ? sumLx / sumL2 : 0;
    float best = scale * sumLx;
    for (int trial = 0; trial < 2 * REACH; trial += 2) {
      float inverse1 = -(levels + 0.1f * step(trial)) / max;
      float inverse2 = -(levels + 0.1f * step(trial + 1)) / max;
      float lx1 = 0;
      float lx2 = 0;
      float l21 = 0;
      float l22 = 0;
      for (int i = 0; i < n; i++) {
        float v = x[from + i];
        float weight = weights[w + i];
        float product = products[i];
        int a = nearest(inverse1 * v, -levels, levels - 1);
        int b = nearest(inverse2 * v, -levels, levels - 1);
        lx1 += product * a;
        lx2 += product * b;
        l21 += weight * a * a;
        l22 += weight * b * b;
      }
      if (l21 > 0 && lx1 * lx1 > best * l21) {
        scale = lx1 / l21;
        best = scale * lx1;
        inverse = inverse1;
      }
      if (l22 > 0 && lx2 * lx2 > best * l22) {
        scale = lx2 / l22;
        best = scale * lx2;
        inverse = inverse2;
      }
    }
    for (int i = 0; i < n; i++) {
      quants[to + i] = (byte) (levels + nearest(inverse * x[from + i], -levels, levels - 1));
    }
    return scale;
  }

  /** -9 .. -1, 1 .. 9. */
  private static int step(int trial) {
    return trial < REACH ? trial - REACH : trial - REACH + 1;
  }
}
