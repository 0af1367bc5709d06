package dev.gatun.openvino;

import dev.gatun.openvino.generated.c.c_h;
import java.util.Optional;

/** Element types of tensors, as far as host memory can hold their elements one by one. */
public enum ElementType {
  BOOLEAN(c_h.OV_BOOLEAN(), 1),
  BF16(c_h.BF16(), 2),
  F16(c_h.F16(), 2),
  F32(c_h.F32(), 4),
  F64(c_h.F64(), 8),
  I8(c_h.I8(), 1),
  I16(c_h.I16(), 2),
  I32(c_h.I32(), 4),
  I64(c_h.I64(), 8),
  U8(c_h.U8(), 1),
  U16(c_h.U16(), 2),
  U32(c_h.U32(), 4),
  U64(c_h.U64(), 8);

  private final int code;
  private final int bytes;

  ElementType(int code, int bytes) {
    this.code = code;
    this.bytes = bytes;
  }

  int code() {
    return code;
  }

  /** Bytes of one element. */
  public int bytes() {
    return bytes;
  }

  static Optional<ElementType> of(int code) {
    for (ElementType type : values()) {
      if (type.code == code) {
        return Optional.of(type);
      }
    }
    return Optional.empty();
  }
}
