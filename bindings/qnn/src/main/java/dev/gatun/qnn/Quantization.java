package dev.gatun.qnn;

import java.util.List;

/** What codes stand for: {@code (code + offset) * scale}. */
public sealed interface Quantization {
  /**
   * One scale and offset for all elements.
   *
   * @param offset zero or less: minus the code of zero
   */
  record PerTensor(float scale, int offset) implements Quantization {}

  /**
   * A scale and offset for each index of an axis.
   *
   * @param channels as many as the axis is long
   */
  record PerAxis(int axis, List<PerTensor> channels) implements Quantization {
    public PerAxis {
      channels = List.copyOf(channels);
    }
  }

  /**
   * The same for signed codes of fewer bits than their elements have, in the low ones; the others
   * are zeros.
   *
   * @param bits of a code
   * @param scales as many as the axis is long
   */
  record NarrowPerAxis(int bits, int axis, List<Float> scales) implements Quantization {
    public NarrowPerAxis {
      scales = List.copyOf(scales);
    }
  }
}
