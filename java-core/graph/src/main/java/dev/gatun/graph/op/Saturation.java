package dev.gatun.graph.op;

import dev.gatun.tensor.DType;

/** Rounding to narrow integers that keeps what lies beyond at their ends. */
final class Saturation {
  private Saturation() {}

  static boolean isNarrow(DType dtype) {
    return switch (dtype) {
      case I8, U8, I16, U16 -> true;
      default -> false;
    };
  }

  static double saturate(DType dtype, double x) {
    return switch (dtype) {
      case I8 -> Math.clamp(x, -128.0, 127.0);
      case U8 -> Math.clamp(x, 0.0, 255.0);
      case I16 -> Math.clamp(x, -32768.0, 32767.0);
      case U16 -> Math.clamp(x, 0.0, 65535.0);
      default -> throw new IllegalArgumentException(dtype + " is not narrow");
    };
  }

  /** The quotient is rounded to single precision first: so are those of ONNX's own reference. */
  static double quantize(DType dtype, double x, double scale, double zero) {
    return saturate(dtype, Math.rint((float) (x / scale)) + zero);
  }
}
