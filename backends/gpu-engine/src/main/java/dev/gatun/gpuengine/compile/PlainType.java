package dev.gatun.gpuengine.compile;

import dev.gatun.tensor.DType;

/** The numbers by which kernels know dtypes: dtypes.h in {@code native/gpu}. */
final class PlainType {
  private PlainType() {}

  /** Like {@link #code}, for the kernels that know F64, too. */
  static int wideCode(DType dtype) {
    return dtype == DType.F64 ? 12 : code(dtype);
  }

  /** The number of a dtype; negative when most kernels have none. */
  static int code(DType dtype) {
    return switch (dtype) {
      case F32 -> 0;
      case F16 -> 1;
      case BF16 -> 2;
      case I8 -> 3;
      case I16 -> 4;
      case I32 -> 5;
      case I64 -> 6;
      case U8 -> 7;
      case U16 -> 8;
      case U32 -> 9;
      case BOOL -> 10;
      case U64 -> 11;
      default -> -1;
    };
  }
}
