package dev.gatun.graph.op;

import dev.gatun.tensor.BlockFormat;
import dev.gatun.tensor.DType;
import dev.gatun.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** Conversion between plain dtypes and doubles. */
final class Elements {
  private static final ValueLayout.OfLong I64_LE =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfDouble F64_LE =
      ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfShort I16_LE =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private Elements() {}

  /** Types that {@link BlockFormat}, which decodes to single precision, would round. */
  static boolean isExact(DType dtype) {
    return switch (dtype) {
      case F64, I32, I64, U32, U64 -> true;
      default -> false;
    };
  }

  static void load(DType dtype, MemorySegment data, long offset, double[] target, int count) {
    for (int i = 0; i < count; i++) {
      target[i] =
          switch (dtype) {
            case F64 -> data.get(F64_LE, offset + 8L * i);
            case I64 -> data.get(I64_LE, offset + 8L * i);
            case U64 -> unsigned(data.get(I64_LE, offset + 8L * i));
            case I32 -> data.get(Tensor.I32_LE, offset + 4L * i);
            case U32 -> Integer.toUnsignedLong(data.get(Tensor.I32_LE, offset + 4L * i));
            default -> throw new AssertionError(dtype);
          };
    }
  }

  static void store(DType dtype, double[] values, MemorySegment target, long offset) {
    for (int i = 0; i < values.length; i++) {
      double x = values[i];
      switch (dtype) {
        case F64 -> target.set(F64_LE, offset + 8L * i, x);
        case F32 -> target.set(Tensor.F32_LE, offset + 4L * i, (float) x);
        case F16, BF16 -> storeHalf(dtype, x, target, offset + 2L * i);
        case I64 -> target.set(I64_LE, offset + 8L * i, (long) x);
        case U64 -> target.set(I64_LE, offset + 8L * i, bits(x));
        case I32, U32 -> target.set(Tensor.I32_LE, offset + 4L * i, (int) (long) x);
        case I16, U16 -> target.set(I16_LE, offset + 2L * i, (short) (long) x);
        case I8, U8 -> target.set(ValueLayout.JAVA_BYTE, offset + i, (byte) (long) x);
        case BOOL -> target.set(ValueLayout.JAVA_BYTE, offset + i, (byte) (x == 0 ? 0 : 1));
        default -> throw new IllegalArgumentException("cannot store single elements of " + dtype);
      }
    }
  }

  /** {@code x} as the dtype would hold it. */
  static double round(DType dtype, double x) {
    return switch (dtype) {
      case F64 -> x;
      case F32 -> (float) x;
      case F16, BF16 -> {
        MemorySegment cell = MemorySegment.ofArray(new byte[2]);
        storeHalf(dtype, x, cell, 0);
        float[] back = new float[1];
        BlockFormat.of(dtype).decode(cell, 0, back, 0, 1);
        yield back[0];
      }
      case BOOL -> x == 0 ? 0 : 1;
      case I8 -> (byte) (long) x;
      case U8 -> (long) x & 0xff;
      case I16 -> (short) (long) x;
      case U16 -> (long) x & 0xffff;
      case I32 -> (int) (long) x;
      case U32 -> (long) x & 0xffff_ffffL;
      case I64 -> (long) x;
      case U64 -> x < 0 ? unsigned((long) x) : Math.floor(x);
      default -> throw new IllegalArgumentException("cannot convert to " + dtype);
    };
  }

  private static void storeHalf(DType dtype, double x, MemorySegment target, long offset) {
    BlockFormat.of(dtype).encode(new float[] {roundToOdd(x)}, 0, target, offset, 1);
  }

  /**
   * The double as a float whose rounding to fewer bits equals that of the double itself: rounding
   * to odd keeps what a second rounding needs to know (Boldo and Melquiond 2005).
   */
  private static float roundToOdd(double x) {
    float nearest = (float) x;
    if (nearest == x || Double.isNaN(x) || Float.isInfinite(nearest)) {
      return nearest;
    }
    if ((Float.floatToRawIntBits(nearest) & 1) != 0) {
      return nearest;
    }
    return nearest < x ? Math.nextUp(nearest) : Math.nextDown(nearest);
  }

  /** The bits of a whole number of any integer dtype. */
  static long bits(double x) {
    return x >= 0x1p63 ? (long) (x - 0x1p63) ^ Long.MIN_VALUE : (long) x;
  }

  /** The number that an integer dtype means by bits; those beyond its width are dropped. */
  static double ofBits(DType dtype, long bits) {
    return switch (dtype) {
      case BOOL -> bits == 0 ? 0 : 1;
      case I8 -> (byte) bits;
      case U8 -> bits & 0xff;
      case I16 -> (short) bits;
      case U16 -> bits & 0xffff;
      case I32 -> (int) bits;
      case U32 -> bits & 0xffff_ffffL;
      case I64 -> bits;
      case U64 -> unsigned(bits);
      default -> throw new IllegalArgumentException(dtype + " has no bits to compute with");
    };
  }

  private static double unsigned(long bits) {
    return bits >= 0 ? bits : ((bits >>> 1) | (bits & 1)) * 2.0;
  }
}
