package dev.gatun.quantize.onnx;

import dev.gatun.formats.onnx.OnnxContent;
import java.lang.foreign.MemorySegment;
import java.util.function.Supplier;

/**
 * Weights as signed whole numbers with the zero point 0: {@code w = scale * code}. Only the scales
 * are kept; codes are computed anew each time they are asked for, so that a model's codes are never
 * in memory together.
 */
final class IntegerWeights {
  private final Supplier<WeightMatrix> source;
  private final long elements;
  private final float[] scales;
  private final int axis;
  private final int inner;
  private final int most;

  /**
   * Rounds to the nearest code (halves to even), the largest magnitude being 127, or 64 in a
   * reduced range: ONNX Runtime's symmetric weights.
   *
   * @param source reads the weights, which are the same each time
   * @param axis whose extents get scales of their own; negative for one scale
   */
  IntegerWeights(Supplier<WeightMatrix> source, int axis, boolean reduceRange) {
    this.source = source;
    this.axis = axis;
    this.most = reduceRange ? 64 : 127;
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
    return found;
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
      double code = Math.rint(values[i] / scales[own]);
      codes[i] = (byte) Math.max(-most, Math.min(most, code));
    }
    return codes;
  }

  /** The codes as a tensor's elements, computed when they are written. */
  OnnxContent content() {
    return new OnnxContent() {
      @Override
      public long byteSize() {
        return elements;
      }

      @Override
      public void write(MemorySegment target) {
        target.copyFrom(MemorySegment.ofArray(codes()));
      }
    };
  }
}
