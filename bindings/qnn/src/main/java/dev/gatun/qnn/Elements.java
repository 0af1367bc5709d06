package dev.gatun.qnn;

import dev.gatun.qnn.generated.core.core_h;

/** Elements of a tensor, or of a parameter. */
public enum Elements {
  F32(4),
  F16(2),
  I8(1),
  I32(4),
  U8(1),
  U32(4),
  /** One byte, 0 or 1. */
  BOOL(1),
  /** Codes of 8 bits with a scale and an offset. */
  CODES_U8(1),
  /** Codes of 16 bits with a scale and an offset. */
  CODES_U16(2),
  /** Signed codes of 8 bits with a scale. */
  CODES_I8(1),
  /** Signed codes of 16 bits with a scale. */
  CODES_I16(2),
  /** Signed codes of 32 bits with a scale. */
  CODES_I32(4);

  private final int bytes;

  Elements(int bytes) {
    this.bytes = bytes;
  }

  public int bytes() {
    return bytes;
  }

  /** Whether they are codes that a {@link Quantization} gives a meaning. */
  public boolean isCoded() {
    return switch (this) {
      case CODES_U8, CODES_U16, CODES_I8, CODES_I16, CODES_I32 -> true;
      case F32, F16, I8, I32, U8, U32, BOOL -> false;
    };
  }

  int type() {
    return switch (this) {
      case F32 -> core_h.QNN_DATATYPE_FLOAT_32();
      case F16 -> core_h.QNN_DATATYPE_FLOAT_16();
      case I8 -> core_h.QNN_DATATYPE_INT_8();
      case I32 -> core_h.QNN_DATATYPE_INT_32();
      case U8 -> core_h.QNN_DATATYPE_UINT_8();
      case U32 -> core_h.QNN_DATATYPE_UINT_32();
      case BOOL -> core_h.QNN_DATATYPE_BOOL_8();
      case CODES_U8 -> core_h.QNN_DATATYPE_UFIXED_POINT_8();
      case CODES_U16 -> core_h.QNN_DATATYPE_UFIXED_POINT_16();
      case CODES_I8 -> core_h.QNN_DATATYPE_SFIXED_POINT_8();
      case CODES_I16 -> core_h.QNN_DATATYPE_SFIXED_POINT_16();
      case CODES_I32 -> core_h.QNN_DATATYPE_SFIXED_POINT_32();
    };
  }
}
