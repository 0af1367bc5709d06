package dev.gatun.openvinobackend.lower;

import dev.gatun.tensor.DType;

/** How OpenVINO's representation spells plain dtypes. */
final class ElementTypes {
  static final String F32 = "f32";
  static final String I32 = "i32";
  static final String I64 = "i64";
  static final String BOOLEAN = "boolean";

  private ElementTypes() {}

  /**
   * The element type.
   *
   * @throws IllegalArgumentException for a dtype that is not plain, or STRING
   */
  static String of(DType dtype) {
    return switch (dtype) {
      case F64 -> "f64";
      case F32 -> F32;
      case F16 -> "f16";
      case BF16 -> "bf16";
      case I8 -> "i8";
      case I16 -> "i16";
      case I32 -> I32;
      case I64 -> I64;
      case U8 -> "u8";
      case U16 -> "u16";
      case U32 -> "u32";
      case U64 -> "u64";
      case BOOL -> BOOLEAN;
      default -> throw new IllegalArgumentException("no plain element type: " + dtype);
    };
  }
}
