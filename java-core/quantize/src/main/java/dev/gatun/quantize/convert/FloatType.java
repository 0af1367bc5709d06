package dev.gatun.quantize.convert;

import dev.gatun.tensor.DType;

/** How a converted model's matrices are stored; vectors and norms are F32 in GGUF all the same. */
public enum FloatType {
  /** The 16-bit type that the source has: BF16 or F16, else F16. */
  AUTO,
  F32,
  F16,
  BF16;

  /** The element type; of AUTO, null. */
  DType dtype() {
    return switch (this) {
      case AUTO -> null;
      case F32 -> DType.F32;
      case F16 -> DType.F16;
      case BF16 -> DType.BF16;
    };
  }
}
