package dev.gatun.quantize.block;

import static dev.gatun.quantize.block.Arithmetic.nearest;

import dev.gatun.tensor.DType;
import java.util.Arrays;

/**
 * IQ1_S: sub-blocks of 32, each with a scale of three bits and one direction of the shift. The best
 * split of the sorted values into three levels is searched exhaustively, then groups of eight move
 * to points of the lattice.
 */
final class Iq1S extends RowEncoder.Blocks {
  private static final int N = 32;
  private static final int SUBS = 8;
  private static final float TINY = 1e-12f;
  private static final float FUDGE = 1.125f;

  private final Lattice lattice = Lattice.of(DType.IQ1_S);
  private final float[] up = Iq1.up();
  private final float[] down = Iq1.down();
  private final Split split = new Split(N);
  private final float[] sumX = new float[N + 1];
  private final float[] sumW = new float[N + 1];
  private final float[] weights = new float[N];
  private final byte[] levels = new byte[N];
  private final int[] points = new int[N / 8];
  private final float[] scales = new float[SUBS];
  private final boolean[] shiftedDown = new boolean[SUBS];

  private int first;
  private int second;
  private boolean isDown;

  Iq1S() {
    super(DType.IQ1_S);
  }

  @Override
  void block(float[] x, int from, float[] importance, int column, byte[] dst, int at) {
    Arrays.fill(dst, at, at + 50, (byte) 0);
    float spread = 2 * Arithmetic.sumOfSquares(x, from, 256) / 256;
    float largest = 0;
    for (int s = 0; s < SUBS; s++) {
      Arithmetic.weigh(importance, column + N * s, spread, x, from + N * s, weights, N);
      scales[s] = 0;
      shiftedDown[s] = false;
      if (fit(x, from + N * s, s)) {
        put(s, dst, at);
        largest = largest > scales[s] ? largest : scales[s];
      }
    }
    if (largest == 0) {
      return;
    }
    float d = largest / 15;
    Arithmetic.putHalf(dst, at, d * FUDGE);
    float inverse = 1 / d;
    for (int s = 0; s < SUBS; s++) {
      int scale = nearest(0.5f * (inverse * scales[s] - 1), 0, 7);
      dst[at + 35 + 2 * s] |= (byte) ((scale | (shiftedDown[s] ? 8 : 0)) << 4);
    }
  }

  /** Low bytes of the points, and their high bits three by three in the sub-block's u16. */
  private void put(int s, byte[] dst, int at) {
    int high = 0;
    for (int g = 0; g < N / 8; g++) {
      dst[at + 2 + 4 * s + g] = (byte) points[g];
      high |= points[g] >> 8 << (3 * g);
    }
    Arithmetic.putI16(dst, at + 34 + 2 * s, high);
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
      sumX[j + 1] = sumX[j] + weights[i] * x[from + i];
      sumW[j + 1] = sumW[j] + weights[i];
    }
    float scale = search(max);
    if (first < 0) {
      return false;
    }
    split.levels(first, second, levels);
    if (scale < 0) {
      Split.mirror(levels);
      scale = -scale;
      isDown = !isDown;
    }
    scale = snap(x, from, scale, isDown ? down : up);
    if (!(scale >= 0)) {
      throw Lattice.overflow(DType.IQ1_S);
    }
    scales[s] = scale;
    shiftedDown[s] = isDown;
    return true;
  }

  /** All splits with both shifts; returns the best one's scale. */
  private float search(float scale) {
    first = -1;
    float best = -Float.MAX_VALUE;
    for (int a = 0; a <= N; a++) {
      for (int b = a; b <= N; b++) {
        for (int shift = 0; shift < 2; shift++) {
          float[] c = shift == 0 ? up : down;
          float qx =
              (sumX[a] - sumX[0]) * c[0] + (sumX[b] - sumX[a]) * c[1] + (sumX[N] - sumX[b]) * c[2];
          float q2 =
              (sumW[a] - sumW[0]) * c[0] * c[0]
                  + (sumW[b] - sumW[a]) * c[1] * c[1]
                  + (sumW[N] - sumW[b]) * c[2] * c[2];
          if (q2 > 0 && qx * qx > best * q2) {
            scale = qx / q2;
            best = scale * qx;
            first = a;
            second = b;
            isDown = shift == 1;
          }
        }
      }
    }
    return scale;
  }

  /** Moves groups to points of the lattice, and solves for the scale when one had to move. */
  private float snap(float[] x, int from, float scale, float[] c) {
    boolean moved = false;
    for (int g = 0; g < N / 8; g++) {
      points[g] = lattice.point(levels, 8 * g);
      if (points[g] < 0) {
        moved = true;
        points[g] =
            lattice.nearest(points[g], x, from + 8 * g, weights, 8 * g, scale, c, levels, 8 * g);
      }
    }
    if (!moved) {
      return scale;
    }
    float qx = 0;
    float q2 = 0;
    for (int i = 0; i < N; i++) {
      float q = c[lattice.level(points[i / 8], i % 8)];
      qx += weights[i] * q * x[from + i];
      q2 += weights[i] * q * q;
    }
    return qx > 0 && q2 > 0 ? qx / q2 : scale;
  }
}
