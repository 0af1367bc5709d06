package dev.gatun.formats.gguf;

/** Decodes the numbers of a header. */
final class GgufNumbers {
  private GgufNumbers() {}

  /** Whether an integer lies in the range of a long. */
  static boolean fitsLong(GgufType type, byte[] header, int at) {
    return type != GgufType.U64 || Le.i64(header, at) >= 0;
  }

  static boolean fitsLongs(GgufValue.Numbers numbers, byte[] header) {
    for (int i = 0; i < numbers.count(); i++) {
      if (!fitsLong(numbers.element(), header, numbers.at() + i * numbers.element().size())) {
        return false;
      }
    }
    return true;
  }

  /**
   * @throws IllegalArgumentException when an unsigned value does not fit a long
   */
  static long integer(String key, GgufType type, byte[] header, int at) {
    if (!fitsLong(type, header, at)) {
      throw new IllegalArgumentException(
          "metadata '"
              + key
              + "' has "
              + Long.toUnsignedString(Le.i64(header, at))
              + ", which is beyond a signed 64-bit integer");
    }
    return bits(type, header, at);
  }

  /** Any number, converted. */
  static double floating(GgufType type, byte[] header, int at) {
    long bits = bits(type, header, at);
    return switch (type) {
      case F32 -> Float.intBitsToFloat((int) bits);
      case F64 -> Double.longBitsToDouble(bits);
      case U64 -> bits >= 0 ? bits : (double) (bits >>> 1 | (bits & 1)) * 2;
      default -> bits;
    };
  }

  static long[] integers(String key, GgufValue.Numbers numbers, byte[] header) {
    long[] values = new long[numbers.count()];
    for (int i = 0; i < values.length; i++) {
      int at = numbers.at() + i * numbers.element().size();
      values[i] = integer(key, numbers.element(), header, at);
    }
    return values;
  }

  static float[] floats(GgufValue.Numbers numbers, byte[] header) {
    float[] values = new float[numbers.count()];
    for (int i = 0; i < values.length; i++) {
      int at = numbers.at() + i * numbers.element().size();
      values[i] = (float) floating(numbers.element(), header, at);
    }
    return values;
  }

  static double[] doubles(GgufValue.Numbers numbers, byte[] header) {
    double[] values = new double[numbers.count()];
    for (int i = 0; i < values.length; i++) {
      int at = numbers.at() + i * numbers.element().size();
      values[i] = floating(numbers.element(), header, at);
    }
    return values;
  }

  private static long bits(GgufType type, byte[] header, int at) {
    return switch (type) {
      case U8, BOOL -> header[at] & 0xff;
      case I8 -> header[at];
      case U16 -> Le.u16(header, at);
      case I16 -> (short) Le.u16(header, at);
      case U32 -> Le.i32(header, at) & 0xffff_ffffL;
      case I32, F32 -> Le.i32(header, at);
      case U64, I64, F64 -> Le.i64(header, at);
      case STRING, ARRAY -> throw new IllegalArgumentException(type + " is not a number");
    };
  }
}
