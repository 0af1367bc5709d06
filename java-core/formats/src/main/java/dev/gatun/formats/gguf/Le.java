package dev.gatun.formats.gguf;

/** Little-endian numbers in an array. */
final class Le {
  private Le() {}

  static int u16(byte[] b, int at) {
    return (b[at] & 0xff) | (b[at + 1] & 0xff) << 8;
  }

  static int i32(byte[] b, int at) {
    return u16(b, at) | u16(b, at + 2) << 16;
  }

  static long i64(byte[] b, int at) {
    return (i32(b, at) & 0xffff_ffffL) | (long) i32(b, at + 4) << 32;
  }
}
