package dev.gatun.tensor;

/** Little-endian fields of a byte array. */
final class Bytes {
  private Bytes() {}

  static int u8(byte[] b, int at) {
    return b[at] & 0xff;
  }

  static int u16(byte[] b, int at) {
    return (b[at] & 0xff) | (b[at + 1] & 0xff) << 8;
  }

  static int i32(byte[] b, int at) {
    return u16(b, at) | u16(b, at + 2) << 16;
  }

  static long i64(byte[] b, int at) {
    return (i32(b, at) & 0xffff_ffffL) | (long) i32(b, at + 4) << 32;
  }

  /** An IEEE binary16 number, widened exactly. */
  static float half(byte[] b, int at) {
    return Float.float16ToFloat((short) u16(b, at));
  }

  static void putU16(byte[] b, int at, int value) {
    b[at] = (byte) value;
    b[at + 1] = (byte) (value >> 8);
  }

  static void putI32(byte[] b, int at, int value) {
    putU16(b, at, value);
    putU16(b, at + 2, value >> 16);
  }

  /** Rounds to IEEE binary16, ties to even. */
  static void putHalf(byte[] b, int at, float value) {
    putU16(b, at, Float.floatToFloat16(value));
  }
}
