package dev.gatun.qnnbackend;

import dev.gatun.qnn.Elements;
import dev.gatun.qnnbackend.lower.Numbers;
import dev.gatun.runtime.spi.BackendException;
import dev.gatun.tensor.DType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Copies elements between a graph's dtypes and those of QNN's that stand for them. */
final class ElementCopy {
  private static final ValueLayout.OfFloat F32 = ValueLayout.JAVA_FLOAT_UNALIGNED;
  private static final ValueLayout.OfShort I16 = ValueLayout.JAVA_SHORT_UNALIGNED;
  private static final ValueLayout.OfInt I32 = ValueLayout.JAVA_INT_UNALIGNED;
  private static final ValueLayout.OfLong I64 = ValueLayout.JAVA_LONG_UNALIGNED;

  private ElementCopy() {}

  /** To QNN: numbers beyond half precision become its largest ones. */
  static void in(DType dtype, MemorySegment from, Elements elements, MemorySegment to, long count) {
    if (dtype == DType.F32 && elements == Elements.F16) {
      for (long i = 0; i < count; i++) {
        to.setAtIndex(I16, i, Numbers.half(from.getAtIndex(F32, i)));
      }
      return;
    }
    if (isSame(dtype, elements)) {
      MemorySegment.copy(from, 0, to, 0, count * elements.bytes());
      return;
    }
    for (long i = 0; i < count; i++) {
      switch (elements) {
        case F16 -> to.setAtIndex(I16, i, Numbers.half((float) real(dtype, from, i)));
        case F32 -> to.setAtIndex(F32, i, (float) real(dtype, from, i));
        case I32 -> to.setAtIndex(I32, i, narrow(whole(dtype, from, i)));
        default -> throw new IllegalStateException(dtype + " as " + elements);
      }
    }
  }

  private static int narrow(long value) {
    if (value != (int) value) {
      throw new BackendException(value + " does not fit the 32 bits that integers have on QNN");
    }
    return (int) value;
  }

  private static boolean isSame(DType dtype, Elements elements) {
    return switch (dtype) {
      case F32 -> elements == Elements.F32;
      case F16 -> elements == Elements.F16;
      case I32 -> elements == Elements.I32;
      case BOOL -> elements == Elements.BOOL;
      default -> false;
    };
  }

  private static double real(DType dtype, MemorySegment from, long i) {
    return switch (dtype) {
      case F64 -> from.getAtIndex(ValueLayout.JAVA_DOUBLE_UNALIGNED, i);
      case F32 -> from.getAtIndex(F32, i);
      case F16 -> Float.float16ToFloat(from.getAtIndex(I16, i));
      case BF16 -> Float.intBitsToFloat(from.getAtIndex(I16, i) << 16);
      default -> throw new IllegalStateException(dtype + " is no floating-point dtype");
    };
  }

  private static long whole(DType dtype, MemorySegment from, long i) {
    return switch (dtype) {
      case I64 -> from.getAtIndex(I64, i);
      case I32 -> from.getAtIndex(I32, i);
      case U32 -> Integer.toUnsignedLong(from.getAtIndex(I32, i));
      case I16 -> from.getAtIndex(I16, i);
      case U16 -> Short.toUnsignedLong(from.getAtIndex(I16, i));
      case I8 -> from.get(ValueLayout.JAVA_BYTE, i);
      case U8, BOOL -> Byte.toUnsignedLong(from.get(ValueLayout.JAVA_BYTE, i));
      default -> throw new IllegalStateException(dtype + " is no integer dtype");
    };
  }

  /** From QNN. */
  static void out(
      Elements elements, MemorySegment from, DType dtype, MemorySegment to, long count) {
    if (elements == Elements.F16 && dtype == DType.F32) {
      for (long i = 0; i < count; i++) {
        to.setAtIndex(F32, i, Float.float16ToFloat(from.getAtIndex(I16, i)));
      }
      return;
    }
    if (isSame(dtype, elements)) {
      MemorySegment.copy(from, 0, to, 0, count * elements.bytes());
      return;
    }
    for (long i = 0; i < count; i++) {
      switch (elements) {
        case F16 -> real(Float.float16ToFloat(from.getAtIndex(I16, i)), dtype, to, i);
        case F32 -> real(from.getAtIndex(F32, i), dtype, to, i);
        case I32 -> whole(from.getAtIndex(I32, i), dtype, to, i);
        default -> throw new IllegalStateException(elements + " as " + dtype);
      }
    }
  }

  private static void real(float value, DType dtype, MemorySegment to, long i) {
    switch (dtype) {
      case F64 -> to.setAtIndex(ValueLayout.JAVA_DOUBLE_UNALIGNED, i, value);
      case F32 -> to.setAtIndex(F32, i, value);
      case F16 -> to.setAtIndex(I16, i, Float.floatToFloat16(value));
      // To the nearest, halves to even.
      case BF16 -> {
        int bits = Float.floatToRawIntBits(value);
        to.setAtIndex(I16, i, (short) ((bits + 0x7fff + (bits >>> 16 & 1)) >> 16));
      }
      default -> throw new IllegalStateException(dtype + " is no floating-point dtype");
    }
  }

  private static void whole(int value, DType dtype, MemorySegment to, long i) {
    switch (dtype) {
      case I64 -> to.setAtIndex(I64, i, value);
      case I32, U32 -> to.setAtIndex(I32, i, value);
      case I16, U16 -> to.setAtIndex(I16, i, (short) value);
      case I8, U8, BOOL -> to.set(ValueLayout.JAVA_BYTE, i, (byte) value);
      default -> throw new IllegalStateException(dtype + " is no integer dtype");
    }
  }
}
