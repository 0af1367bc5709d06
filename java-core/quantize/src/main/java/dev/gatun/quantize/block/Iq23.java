package dev.gatun.quantize.block;

import static dev.gatun.quantize.block.Arithmetic.nearest;

import dev.gatun.tensor.DType;
import java.util.Arrays;

/**
 * The IQ types of two and three bits: sub-blocks fitted to a lattice, scaled by four bits each and
 * one number for all. IQ2_S and the IQ3 types can do without an importance.
 */
abstract class Iq23 extends RowEncoder.Blocks {
  private static final int SCALES = 31;

  private final DType dtype;
  private final int n;
  private final float fudge;
  private final LatticeFit fit;
  private final float[] weights;
  private final float[] scales;

  private Iq23(DType dtype, int n, float fudge) {
    super(dtype);
    this.dtype = dtype;
    this.n = n;
    this.fudge = fudge;
    this.fit = new LatticeFit(dtype);
    this.weights = new float[n];
    this.scales = new float[256 / n];
  }

  static Iq23 of(DType dtype) {
    return switch (dtype) {
      case IQ2_XXS -> new Iq2Xxs();
      case IQ2_XS -> new Iq2Xs();
      case IQ2_S -> new Iq2S();
      case IQ3_XXS -> new Iq3Xxs();
      case IQ3_S -> new Iq3S();
      default -> throw new IllegalArgumentException(dtype + " is of another family");
    };
  }

  @Override
  final void block(float[] x, int from, float[] importance, int column, byte[] dst, int at) {
    Arrays.fill(dst, at, at + dtype.blockBytes(), (byte) 0);
    boolean first = dtype == DType.IQ2_XXS || dtype == DType.IQ2_XS;
    float sum = Arithmetic.sumOfSquares(x, from, 256);
    float spread = first ? sum / 256 : 2 * sum / 256;
    float largest = 0;
    int stored = 0;
    for (int s = 0; s < scales.length; s++) {
      int start = from + n * s;
      if (importance != null) {
        Arithmetic.weigh(importance, column + n * s, spread, x, start, weights, n);
      } else {
        weighAlone(x, start, spread);
      }
      float scale = fit.fit(x, start, weights);
      scales[s] = Math.max(0, scale);
      if (scale != LatticeFit.NOTHING) {
        put(fit, s, stored++, dst, at);
        largest = largest > scale ? largest : scale;
      }
    }
    if (largest == 0) {
      if (!keepsWithoutScale()) {
        Arrays.fill(dst, at, at + dtype.blockBytes(), (byte) 0);
      }
      return;
    }
    float d = largest / SCALES;
    Arithmetic.putHalf(dst, at, d * fudge);
    float inverse = 1 / d;
    for (int s = 0; s < scales.length; s++) {
      putScale(nearest(0.5f * (inverse * scales[s] - 1), 0, 15), s, dst, at);
    }
  }

  private void weighAlone(float[] x, int from, float spread) {
    if (dtype != DType.IQ2_S) {
      Arithmetic.squares(x, from, weights, n);
      return;
    }
    for (int i = 0; i < n; i++) {
      weights[i] = 0.25f * spread + x[from + i] * x[from + i];
    }
  }

  /**
   * Stores points and signs of one sub-block into a block of zeros.
   *
   * @param place how many sub-blocks before this one were stored
   */
  abstract void put(LatticeFit fitted, int s, int place, byte[] dst, int at);

  /** Stores the four bits of one sub-block's scale. */
  abstract void putScale(int scale, int s, byte[] dst, int at);

  /** Whether points and signs stay stored when all scales are zero. */
  boolean keepsWithoutScale() {
    return false;
  }

  private static void or32(byte[] dst, int at, int bits) {
    for (int i = 0; i < 4; i++) {
      dst[at + i] |= (byte) (bits >> (8 * i));
    }
  }

  private static int fourSigns(LatticeFit fitted) {
    return fitted.signs(0) | fitted.signs(1) << 7 | fitted.signs(2) << 14 | fitted.signs(3) << 21;
  }

  /** f16 d; for each 32: four bytes of points, then a u32 of four times seven signs and a scale. */
  private static final class Iq2Xxs extends Iq23 {
    Iq2Xxs() {
      super(DType.IQ2_XXS, 32, 1);
    }

    @Override
    void put(LatticeFit fitted, int s, int place, byte[] dst, int at) {
      for (int g = 0; g < 4; g++) {
        dst[at + 2 + 8 * s + g] = (byte) fitted.point(g);
      }
      or32(dst, at + 6 + 8 * s, fourSigns(fitted));
    }

    @Override
    void putScale(int scale, int s, byte[] dst, int at) {
      or32(dst, at + 6 + 8 * s, scale << 28);
    }
  }

  /** f16 d; 32 u16 of nine bits of point and seven signs; 16 nibbles of scales. */
  private static final class Iq2Xs extends Iq23 {
    Iq2Xs() {
      super(DType.IQ2_XS, 16, 1);
    }

    @Override
    void put(LatticeFit fitted, int s, int place, byte[] dst, int at) {
      for (int g = 0; g < 2; g++) {
        int word = fitted.point(g) | fitted.signs(g) << 9;
        Arithmetic.putI16(dst, at + 2 + 4 * s + 2 * g, word);
      }
    }

    @Override
    void putScale(int scale, int s, byte[] dst, int at) {
      dst[at + 66 + s / 2] |= (byte) (scale << (s % 2 * 4));
    }
  }

  /** f16 d; 32 low bytes of points; 32 bytes of signs; 8 bytes of high pairs; 16 scale nibbles. */
  private static final class Iq2S extends Iq23 {
    Iq2S() {
      super(DType.IQ2_S, 16, 0.9875f);
    }

    @Override
    void put(LatticeFit fitted, int s, int place, byte[] dst, int at) {
      for (int g = 0; g < 2; g++) {
        int eight = 2 * s + g;
        int point = fitted.point(g);
        dst[at + 2 + eight] = (byte) point;
        dst[at + 34 + eight] = (byte) fitted.signs(g);
        dst[at + 66 + eight / 4] |= (byte) (point >> 8 << (eight % 4 * 2));
      }
    }

    @Override
    void putScale(int scale, int s, byte[] dst, int at) {
      dst[at + 74 + s / 2] |= (byte) (scale << (s % 2 * 4));
    }

    @Override
    boolean keepsWithoutScale() {
      return true;
    }
  }

  /** f16 d; 64 points; for each 32 a u32 of four times seven signs and a scale. */
  private static final class Iq3Xxs extends Iq23 {
    Iq3Xxs() {
      super(DType.IQ3_XXS, 32, 1.0125f);
    }

    @Override
    void put(LatticeFit fitted, int s, int place, byte[] dst, int at) {
      for (int g = 0; g < 8; g++) {
        dst[at + 2 + 8 * s + g] = (byte) fitted.point(g);
      }
      or32(dst, at + 66 + 4 * s, fourSigns(fitted));
    }

    @Override
    void putScale(int scale, int s, byte[] dst, int at) {
      or32(dst, at + 66 + 4 * s, scale << 28);
    }
  }

  /**
   * f16 d; 64 low bytes of points; 8 bytes of ninth bits; 32 of signs; 8 scale nibbles.
   *
   * <p>ggml does not leave room for a sub-block of zeros: points and signs of later ones move up to
   * its place, their ninth bits and scales do not. Such a block reads wrongly, there and here;
   * files are compared byte by byte, so it is kept.
   */
  private static final class Iq3S extends Iq23 {
    Iq3S() {
      super(DType.IQ3_S, 32, 1.033f);
    }

    @Override
    void put(LatticeFit fitted, int s, int place, byte[] dst, int at) {
      for (int g = 0; g < 8; g++) {
        int point = fitted.point(g);
        dst[at + 2 + 8 * place + g] = (byte) point;
        dst[at + 66 + s] |= (byte) (point >> 8 << g);
      }
      for (int e = 0; e < 4; e++) {
        dst[at + 74 + 4 * place + e] = (byte) fitted.signs(e);
      }
    }

    @Override
    void putScale(int scale, int s, byte[] dst, int at) {
      dst[at + 106 + s / 2] |= (byte) (scale << (s % 2 * 4));
    }

    @Override
    boolean keepsWithoutScale() {
      return true;
    }
  }
}
