package dev.gatun.cpuengine.step;

import dev.gatun.tensor.DType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Element access by plain dtype, for the ops that are rare in models. */
final class Elements {
  private Elements() {}

  /** The element as a double; integers are exact up to 2^53, booleans 0 and 1. */
  static double get(DType dtype, MemorySegment x, long at, long index) {
    return switch (dtype) {
      case F64 -> x.get(ValueLayout.JAVA_DOUBLE_UNALIGNED, at + 8 * index);
      case F32 -> x.get(ValueLayout.JAVA_FLOAT_UNALIGNED, at + 4 * index);
      case F16 -> Float.float16ToFloat(half(x, at + 2 * index));
      case BF16 -> Float.intBitsToFloat(half(x, at + 2 * index) << 16);
      case I64, U64 -> x.get(ValueLayout.JAVA_LONG_UNALIGNED, at + 8 * index);
      case I32 -> x.get(ValueLayout.JAVA_INT_UNALIGNED, at + 4 * index);
      case U32 -> Integer.toUnsignedLong(x.get(ValueLayout.JAVA_INT_UNALIGNED, at + 4 * index));
      case I16 -> half(x, at + 2 * index);
      case U16 -> Short.toUnsignedInt(half(x, at + 2 * index));
      case I8 -> x.get(ValueLayout.JAVA_BYTE, at + index);
      case U8 -> Byte.toUnsignedInt(x.get(ValueLayout.JAVA_BYTE, at + index));
      case BOOL -> x.get(ValueLayout.JAVA_BYTE, at + index) == 0 ? 0 : 1;
      default -> throw new IllegalArgumentException("no elements of " + dtype);
    };
  }

  /** Stores a double, rounded to nearest even or, for integers, towards zero. */
  static void set(DType dtype, MemorySegment y, long at, long index, double value) {
    switch (dtype) {
      case F64 -> y.set(ValueLayout.JAVA_DOUBLE_UNALIGNED, at + 8 * index, value);
      case F32 -> y.set(ValueLayout.JAVA_FLOAT_UNALIGNED, at + 4 * index, (float) value);
      case F16 ->
          y.set(
              ValueLayout.JAVA_SHORT_UNALIGNED,
              at + 2 * index,
              Float.floatToFloat16((float) value));
      case BF16 -> y.set(ValueLayout.JAVA_SHORT_UNALIGNED, at + 2 * index, bfloat((float) value));
      case I64, U64 -> y.set(ValueLayout.JAVA_LONG_UNALIGNED, at + 8 * index, (long) value);
      case I32, U32 -> y.set(ValueLayout.JAVA_INT_UNALIGNED, at + 4 * index, (int) (long) value);
      case I16, U16 -> y.set(ValueLayout.JAVA_SHORT_UNALIGNED, at + 2 * index, (short) value);
      case I8, U8 -> y.set(ValueLayout.JAVA_BYTE, at + index, (byte) (int) value);
      case BOOL -> y.set(ValueLayout.JAVA_BYTE, at + index, (byte) (value != 0 ? 1 : 0));
      default -> throw new IllegalArgumentException("no elements of " + dtype);
    }
  }

  private static short half(MemorySegment x, long at) {
    return x.get(ValueLayout.JAVA_SHORT_UNALIGNED, at);
  }

  /** Rounds to nearest even; a NaN stays one. */
  private static short bfloat(float value) {
    int bits = Float.floatToRawIntBits(value);
    if (Float.isNaN(value)) {
      return (short) ((bits >>> 16) | 0x40);
    }
    return (short) ((bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16);
  }
}
