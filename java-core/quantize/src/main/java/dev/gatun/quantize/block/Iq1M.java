package dev.gatun.quantize.block;

import static dev.gatun.quantize.block.Arithmetic.nearest;

import dev.gatun.tensor.DType;
import java.util.Arrays;

/**
 * IQ1_M: sub-blocks of 16, each with a scale of three bits, and a direction of the shift for each
 * eight. As IQ1_S, with sums for each half, and with one scale for all solved at the end.
 */
final class Iq1M extends RowEncoder.Blocks {
  private static final int N = 16;
  private static final int SUBS = 16;
  private static final float TINY = 1e-7f;
  private static final float FUDGE = 1.1125f;

  private final Lattice lattice = Lattice.of(DType.IQ1_M);
  private final float[] up = Iq1.up();
  private final float[] down = Iq1.down();
  private final Split split = new Split(N);

  /** Sums up to each place, of the values in the first half and in the second. */
  private final float[][] sumX = new float[2][N + 1];

  private final float[][] sumW = new float[2][N + 1];
  private final float[] weights = new float[N];
  private final byte[] levels = new byte[N];
  private final int[] points = new int[256 / 8];
  private final float[] scales = new float[SUBS];

  /** Of each sub-block, bit 1 for the first half and bit 0 for the second: shifted down. */
  private final int[] shifts = new int[SUBS];

  private final float[] qx = new float[4];
  private final float[] q2 = new float[4];
  private int first;
  private int second;
  private int shift;

  Iq1M() {
    super(DType.IQ1_M);
  }

  @Override
  void block(float[] x, int from, float[] importance, int column, byte[] dst, int at) {
    Arrays.fill(dst, at, at + 56, (byte) 0);
    float spread = 2 * Arithmetic.sumOfSquares(x, from, 256) / 256;
    float largest = 0;
    for (int s = 0; s < SUBS; s++) {
      weigh(x, from + N * s, importance, column + N * s, spread);
      scales[s] = 0;
      shifts[s] = 0;
      points[2 * s] = 0;
      points[2 * s + 1] = 0;
      if (fit(x, from + N * s, s)) {
        for (int g = 0; g < 2; g++) {
          dst[at + 2 * s + g] = (byte) points[2 * s + g];
          dst[at + 32 + s] |= (byte) (points[2 * s + g] >> 8 << (4 * g));
        }
        largest = largest > scales[s] ? largest : scales[s];
      }
    }
    if (largest != 0) {
      finish(x, from, importance, column, spread, largest, dst, at);
    }
  }

  private void weigh(float[] x, int from, float[] importance, int column, float spread) {
    if (importance == null) {
      Arithmetic.squares(x, from, weights, N);
    } else {
      Arithmetic.weigh(importance, column, spread, x, from, weights, N);
    }
  }

  private float[] coordinates(int s, int half) {
    return (shifts[s] >> (1 - half) & 1) == 0 ? up : down;
  }

  /** Fits one sub-block; false when there is nothing to store. */
  private boolean fit(float[] x, int from, int s) {
    float max = Iq1.largest(x, from, N);
    if (max < TINY) {
      return false;
    }
    split.sort(x, from);
    for (int j = 0; j < N; j++) {
      int i = split.order[j];
      int half = i / 8;
      sumX[half][j + 1] = sumX[half][j] + weights[i] * x[from + i];
      sumX[1 - half][j + 1] = sumX[1 - half][j];
      sumW[half][j + 1] = sumW[half][j] + weights[i];
      sumW[1 - half][j + 1] = sumW[1 - half][j];
    }
    float scale = search(max);
    if (first < 0) {
      return false;
    }
    split.levels(first, second, levels);
    if (scale < 0) {
      Split.mirror(levels);
      scale = -scale;
      shift = 3 - shift;
    }
    shifts[s] = shift;
    scale = snap(x, from, scale, s);
    if (!(scale >= 0)) {
      throw Lattice.overflow(DType.IQ1_M);
    }
    scales[s] = scale;
    return true;
  }

  /** All splits with both shifts of both halves; returns the best one's scale. */
  private float search(float scale) {
    first = -1;
    float best = -Float.MAX_VALUE;
    for (int a = 0; a <= N; a++) {
      for (int b = a; b <= N; b++) {
        float up0x = fitX(0, a, b, up);
        float down0x = fitX(0, a, b, down);
        float up1x = fitX(1, a, b, up);
        float down1x = fitX(1, a, b, down);
        float up0w = fitW(0, a, b, up);
        float down0w = fitW(0, a, b, down);
        float up1w = fitW(1, a, b, up);
        float down1w = fitW(1, a, b, down);
        qx[0] = up0x + up1x;
        qx[1] = up0x + down1x;
        qx[2] = down0x + up1x;
        qx[3] = down0x + down1x;
        q2[0] = up0w + up1w;
        q2[1] = up0w + down1w;
        q2[2] = down0w + up1w;
        q2[3] = down0w + down1w;
        for (int k = 0; k < 4; k++) {
          if (q2[k] > 0 && qx[k] * qx[k] > best * q2[k]) {
            scale = qx[k] / q2[k];
            best = scale * qx[k];
            first = a;
            second = b;
            shift = k;
          }
        }
      }
    }
    return scale;
  }

  /** Sum of weight, value and level: neighbouring levels are 1 apart, which leaves these terms. */
  private float fitX(int half, int a, int b, float[] c) {
    float[] sums = sumX[half];
    return sums[N] * c[2] - (sums[a] + sums[b]);
  }

  /** Sum of weight and squared level. */
  private float fitW(int half, int a, int b, float[] c) {
    float[] sums = sumW[half];
    float below = c[0] * c[0] - c[1] * c[1];
    float above = c[1] * c[1] - c[2] * c[2];
    return sums[N] * c[2] * c[2] + sums[a] * below + sums[b] * above;
  }

  /** Moves groups to points of the lattice, and solves for the scale when one had to move. */
  private float snap(float[] x, int from, float scale, int s) {
    boolean moved = false;
    for (int g = 0; g < 2; g++) {
      int point = lattice.point(levels, 8 * g);
      if (point < 0) {
        moved = true;
        float[] c = coordinates(s, g);
        point = lattice.nearest(point, x, from + 8 * g, weights, 8 * g, scale, c, levels, 8 * g);
      }
      points[2 * s + g] = point;
    }
    if (!moved) {
      return scale;
    }
    float sumQx = 0;
    float sumQ2 = 0;
    for (int i = 0; i < N; i++) {
      float q = coordinates(s, i / 8)[lattice.level(points[2 * s + i / 8], i % 8)];
      sumQx += weights[i] * q * x[from + i];
      sumQ2 += weights[i] * q * q;
    }
    return sumQx > 0 && sumQ2 > 0 ? sumQx / sumQ2 : scale;
  }

  /** Quantizes the scales, solves for what scales them, and stores both. */
  private void finish(
      float[] x,
      int from,
      float[] importance,
      int column,
      float spread,
      float largest,
      byte[] dst,
      int at) {
    float d = largest / 15;
    float inverse = 1 / d;
    float sumQx = 0;
    float sumQ2 = 0;
    for (int s = 0; s < SUBS; s++) {
      int scale = nearest(0.5f * (inverse * scales[s] - 1), 0, 7);
      int bit = 3 * (s % 4);
      or16(dst, at + 48 + s / 4 * 2, scale << bit);
      dst[at + 32 + s] |= (byte) ((shifts[s] >> 1) << 3 | (shifts[s] & 1) << 7);
      weigh(x, from + N * s, importance, column + N * s, spread);
      for (int i = 0; i < N; i++) {
        int level = lattice.level(points[2 * s + i / 8], i % 8);
        float q = coordinates(s, i / 8)[level] * (2 * scale + 1);
        sumQx += weights[i] * q * x[from + N * s + i];
        sumQ2 += weights[i] * q * q;
      }
    }
    if (sumQ2 > 0) {
      d = sumQx / sumQ2;
    }
    int half = Float.floatToFloat16(d * FUDGE);
    for (int j = 0; j < 4; j++) {
      or16(dst, at + 48 + 2 * j, (half >> (4 * j) & 15) << 12);
    }
  }

  private static void or16(byte[] dst, int at, int bits) {
    dst[at] |= (byte) bits;
    dst[at + 1] |= (byte) (bits >> 8);
  }
}
