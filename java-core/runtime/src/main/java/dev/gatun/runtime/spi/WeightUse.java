package dev.gatun.runtime.spi;

import dev.gatun.tensor.DType;
import java.util.Set;

/**
 * What a device makes of a weight format: the one table behind every statement about exactness.
 *
 * @param exact whether the device computes with the very numbers that the file stores
 */
public record WeightUse(boolean exact, String how) {
  /**
   * How a device that reads {@code read} uses {@code stored}. Every stored format decodes into F32
   * with at most the rounding of its own definition, so F32 is always an exact way; 16-bit floats
   * are exact only for what they can hold.
   */
  public static WeightUse of(DType stored, Set<DType> read) {
    if (read.contains(stored) || !(stored.isBlocked() || stored.isFloat())) {
      return new WeightUse(true, "as stored");
    }
    if (read.contains(DType.F32)) {
      return new WeightUse(true, "decoded to F32");
    }
    if (stored == DType.Q4_0 && read.contains(DType.Q4_1)) {
      return new WeightUse(true, "as Q4_1 with the zero point in the minimum");
    }
    DType target = read.contains(DType.F16) ? DType.F16 : DType.BF16;
    return new WeightUse(false, "rounded to " + target);
  }
}
