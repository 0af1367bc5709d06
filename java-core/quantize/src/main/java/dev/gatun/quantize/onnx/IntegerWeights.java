package dev.gatun.quantize.onnx;

import dev.gatun.formats.onnx.OnnxContent;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.function.Supplier;

/**
 * Weights as signed whole numbers with the zero point 0: {@code w = scale * code}. Only the scales
 * are kept; codes are computed anew each time they are asked for, so that a model's codes are never
 * in memory together.
 */
final class IntegerWeights {
  private static final int NARROW = 4;

  /** Shares of the range that are tried with 4 bits: from all of it down to a half. */
  private static final int TRIALS = 21;

  private static final double STEP = 0.025;

  private final Supplier<WeightMatrix> source;
  private final long elements;
  private final float[] scales;
  private final int axis;
  private final int inner;
  private final int bits;
  private final int most;

  /**
   * Rounds to the nearest code (halves to even). The largest magnitude is 127, or 64 with 7 bits:
   * ONNX Runtime's symmetric weights. With 4 bits it is 7, and a scale is the one of a few that
   * leaves the least squared error: the largest weights alone may be cut.
   *
   * @param source reads the weights, which are the same each time
   * @param axis whose extents get scales of their own; negative for one scale
   * @param bits 8, 7 or 4
   */
  IntegerWeights(Supplier<WeightMatrix> source, int axis, int bits) {
    this.source = source;
    this.axis = axis;
    this.bits = bits;
    this.most =
        switch (bits) {
          case 8 -> 127;
          case 7 -> 64;
          case NARROW -> 7;
          default -> throw new IllegalArgumentException(bits + " bits");
        };
    WeightMatrix weights = source.get();
    this.elements = weights.values().length;
    int each = 1;
    for (int i = axis + 1; axis >= 0 && i < weights.dims().length; i++) {
      each *= weights.dims()[i];
    }
    this.inner = each;
    this.scales = scales(weights.values(), axis < 0 ? 1 : weights.dims()[axis]);
  }

  private float[] scales(float[] values, int extent) {
    float[] largest = new float[extent];
    for (int i = 0; i < values.length; i++) {
      int own = axis < 0 ? 0 : i / inner % extent;
      largest[own] = Math.max(largest[own], Math.abs(values[i]));
    }
    float[] found = new float[extent];
    for (int i = 0; i < extent; i++) {
      double scale = (2.0 * largest[i]) / (2.0 * most);
      // A scale that single precision cannot invert stands for nothing.
      found[i] = scale < Float.MIN_NORMAL ? 1 : (float) scale;
    }
    return bits == NARROW ? leastError(values, found) : found;
  }

  /** For each extent the share of the scale with the least sum of squared errors. */
  private float[] leastError(float[] values, float... whole) {
    float[] best = whole.clone();
    double[] least = new double[whole.length];
    Arrays.fill(least, Double.POSITIVE_INFINITY);
    for (int trial = 0; trial < TRIALS; trial++) {
      float[] scales = new float[whole.length];
      double[] errors = new double[whole.length];
      for (int i = 0; i < scales.length; i++) {
        scales[i] = Math.max(Float.MIN_NORMAL, (float) (whole[i] * (1 - STEP * trial)));
      }
      for (int i = 0; i < values.length; i++) {
        int own = axis < 0 ? 0 : i / inner % scales.length;
        double error = values[i] - code(values[i], scales[own]) * (double) scales[own];
        errors[own] += error * error;
      }
      for (int i = 0; i < scales.length; i++) {
        if (errors[i] < least[i]) {
          least[i] = errors[i];
          best[i] = scales[i];
        }
      }
    }
    return best;
  }

  private double code(float value, float scale) {
    return Math.max(-most, Math.min(most, Math.rint(value / scale)));
  }

  /** Of one code. */
  int bits() {
    return bits;
  }

  /** One, or one for each extent of the axis. */
  float[] scales() {
    return scales.clone();
  }

  /** The axis whose extents have scales of their own; negative for none. */
  int axis() {
    return axis;
  }

  /** In the weights' order. */
  byte[] codes() {
    float[] values = source.get().values();
    byte[] codes = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      int own = axis < 0 ? 0 : i / inner % scales.length;
      codes[i] = (byte) code(values[i], scales[own]);
    }
    return codes;
  }

  /** The codes as a tensor's elements, computed when they are written; two of 4 bits in a byte. */
  OnnxContent content() {
    return new OnnxContent() {
      @Override
      public long byteSize() {
        return bits == NARROW ? (elements + 1) / 2 : elements;
      }

      @Override
      public void write(MemorySegment target) {
        byte[] codes = codes();
        target.copyFrom(MemorySegment.ofArray(bits == NARROW ? packed(codes) : codes));
      }
    };
  }

  /** The first of two codes stands in the low bits, as ONNX has INT4. */
  static byte[] packed(byte... codes) {
    byte[] packed = new byte[(codes.length + 1) / 2];
    for (int i = 0; i < codes.length; i++) {
      packed[i / 2] |= (byte) ((codes[i] & 0xf) << (i % 2 * 4));
    }
    return packed;
  }
}
