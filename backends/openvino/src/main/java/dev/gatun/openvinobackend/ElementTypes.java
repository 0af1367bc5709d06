package dev.gatun.openvinobackend;

import dev.gatun.openvino.ElementType;
import dev.gatun.tensor.DType;

/** Element types of inputs and outputs. */
final class ElementTypes {
  private ElementTypes() {}

  static ElementType of(DType dtype) {
    return switch (dtype) {
      case BOOL -> ElementType.BOOLEAN;
      case F64, F32, F16, BF16, I8, I16, I32, I64, U8, U16, U32, U64 ->
          ElementType.valueOf(dtype.name());
      default -> throw new IllegalArgumentException(dtype + " is no element type of OpenVINO's");
    };
  }
}
