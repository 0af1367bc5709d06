package dev.gatun.quantize.block;

import static dev.gatun.quantize.block.Arithmetic.nearest;

import dev.gatun.tensor.DType;
import dev.gatun.tensor.GatunException;
import java.util.Arrays;

/**
 * Fits one sub-block of an IQ2 or IQ3 type: a scale, a sign for each value, and points of a lattice
 * for the magnitudes. Tries scales around the one that maps the largest magnitude to the highest
 * level, each with the nearest points, solves for the scale by weighted least squares, keeps the
 * best, and looks for points once more with that scale.
 */
final class LatticeFit {
  /** No value is worth storing: all fields of the sub-block are zero. */
  static final float NOTHING = -1;

  private final DType dtype;
  private final Lattice lattice;
  private final int n;
  private final int group;
  private final int most;
  private final int reach;
  private final float step;
  private final float tiny;

  /** Whether seven signs are stored for eight values, which therefore need an even number. */
  private final boolean evenSigns;

  private final PositiveSearch start;
  private final int[] startQuants;
  private final float[] magnitudes;
  private final float[] roots;
  private final byte[] levels;
  private final byte[] trial;
  private final boolean[] exact;
  private final boolean[] trialExact;
  private final int[] signs;

  LatticeFit(DType dtype) {
    this.dtype = dtype;
    lattice = Lattice.of(dtype);
    n = dtype == DType.IQ2_XS || dtype == DType.IQ2_S ? 16 : 32;
    boolean three = dtype == DType.IQ3_XXS || dtype == DType.IQ3_S;
    group = three ? 4 : 8;
    most = three ? 7 : 2;
    step = three ? 0.2f : 0.1f;
    evenSigns = dtype != DType.IQ2_S && dtype != DType.IQ3_S;
    reach = dtype == DType.IQ2_XXS ? 6 : dtype == DType.IQ3_XXS ? 15 : 9;
    tiny =
        switch (dtype) {
          case IQ2_XXS, IQ2_XS -> 1e-15f;
          case IQ2_S, IQ3_XXS -> 1e-8f;
          default -> Float.MIN_VALUE;
        };
    start = dtype == DType.IQ2_XXS ? new PositiveSearch(n, most + 2) : null;
    startQuants = new int[n];
    magnitudes = new float[n];
    roots = new float[n];
    levels = new byte[n];
    trial = new byte[n];
    exact = new boolean[n / group];
    trialExact = new boolean[n / group];
    signs = new int[n / 8];
  }

  /** The point of each group of the last fit. */
  int point(int g) {
    int point = lattice.point(levels, g * group);
    if (point < 0) {
      throw overflow();
    }
    return point;
  }

  /** The stored signs of eight values of the last fit, first value lowest: seven bits or eight. */
  int signs(int eight) {
    return signs[eight];
  }

  /**
   * Fits values.
   *
   * @param weights of the values
   * @return the scale, at least zero, or {@link #NOTHING}
   */
  float fit(float[] x, int from, float[] weights) {
    for (int i = 0; i < n; i++) {
      roots[i] = Arithmetic.sqrt(weights[i]);
    }
    for (int e = 0; e < n; e += 8) {
      signs[e / 8] = split(x, from, weights, e);
    }
    float max = magnitudes[0];
    for (int i = 1; i < n; i++) {
      max = max > magnitudes[i] ? max : magnitudes[i];
    }
    if (max < tiny) {
      return NOTHING;
    }
    float highest = 2 * most + 1;
    float scale = max / highest;
    if (start != null) {
      scale = start.find(magnitudes, weights, startQuants);
      max = scale * (most + 1);
      if (max <= 0) {
        return NOTHING;
      }
    }
    scale = best(weights, scale, max, highest);
    if (scale > 0 && again()) {
      refine(scale);
      scale = solve(weights, levels, scale);
    }
    if (scale < 0) {
      scale = -scale;
      for (int e = 0; e < signs.length; e++) {
        signs[e] = ~signs[e] & (evenSigns ? 127 : 255);
      }
    }
    if (!(scale >= 0)) {
      throw overflow();
    }
    return scale;
  }

  private GatunException overflow() {
    return Lattice.overflow(dtype);
  }

  /** Magnitudes and signs of eight values; makes the number of signs even where it must be. */
  private int split(float[] x, int from, float[] weights, int e) {
    int negative = 0;
    for (int i = 0; i < 8; i++) {
      float v = x[from + e + i];
      magnitudes[e + i] = v >= 0 ? v : -v;
      negative |= v >= 0 ? 0 : 1 << i;
    }
    if (!evenSigns) {
      return negative;
    }
    if ((Integer.bitCount(negative) & 1) != 0) {
      int least = 0;
      float min = Float.NaN;
      for (int i = 0; i < 8; i++) {
        float v = x[from + e + i];
        float cost = weights[e + i] * v * v;
        if (i == 0 || cost < min) {
          min = cost;
          least = i;
        }
      }
      magnitudes[e + least] = -magnitudes[e + least];
      negative ^= 1 << least;
    }
    return negative & 127;
  }

  private float best(float[] weights, float scale, float max, float highest) {
    Arrays.fill(levels, (byte) 0);
    Arrays.fill(exact, dtype != DType.IQ3_S);
    float best = 0;
    for (int s = -reach; s <= reach; s++) {
      float inverse = (highest + s * step) / max;
      float trialScale = 1 / inverse;
      for (int i = 0; i < n; i++) {
        trial[i] = (byte) nearest(0.5f * (inverse * magnitudes[i] - 1), 0, most);
      }
      for (int g = 0; g < exact.length; g++) {
        int at = g * group;
        int point = lattice.point(trial, at);
        trialExact[g] = point >= 0;
        if (point < 0) {
          lattice.nearest(point, magnitudes, at, roots, trialScale, trial, at);
        }
      }
      float sumQx = 0;
      float sumQ2 = 0;
      for (int i = 0; i < n; i++) {
        float q = 2 * trial[i] + 1;
        sumQx += weights[i] * magnitudes[i] * q;
        sumQ2 += weights[i] * q * q;
      }
      if (sumQ2 > 0 && sumQx * sumQx > best * sumQ2) {
        scale = sumQx / sumQ2;
        best = scale * sumQx;
        System.arraycopy(trial, 0, levels, 0, n);
        System.arraycopy(trialExact, 0, exact, 0, exact.length);
      }
    }
    return scale;
  }

  /** Whether points are looked for once more: IQ2_XXS always, the others when one was off. */
  private boolean again() {
    boolean all = true;
    for (boolean e : exact) {
      all &= e;
    }
    return start != null || !all;
  }

  private void refine(float scale) {
    float inverse = 1 / scale;
    boolean whole = start != null || dtype == DType.IQ3_S;
    for (int g = 0; g < exact.length; g++) {
      if (exact[g] && !whole) {
        continue;
      }
      int at = g * group;
      for (int i = at; i < at + group; i++) {
        levels[i] = (byte) nearest(0.5f * (inverse * magnitudes[i] - 1), 0, most);
      }
      int point = lattice.point(levels, at);
      if (point < 0) {
        lattice.nearest(point, magnitudes, at, roots, scale, levels, at);
      }
    }
  }

  private float solve(float[] weights, byte[] quants, float otherwise) {
    float sumQx = 0;
    float sumQ2 = 0;
    for (int i = 0; i < n; i++) {
      float q = 2 * quants[i] + 1;
      sumQx += weights[i] * magnitudes[i] * q;
      sumQ2 += weights[i] * q * q;
    }
    return sumQ2 > 0 ? sumQx / sumQ2 : otherwise;
  }
}
