package dev.gatun.tensor;

/** The plain integer types and BOOL, converted as a Java cast to {@code float} does. */
final class IntegerFormat extends BlockFormat {
  IntegerFormat(DType dtype) {
    super(dtype);
  }

  @Override
  void decodeBlocks(byte[] src, int at, float[] dst, int to, int blocks) {
    for (int i = 0; i < blocks; i++) {
      dst[to + i] =
          switch (dtype()) {
            case I8 -> src[at + i];
            case U8 -> Bytes.u8(src, at + i);
            case BOOL -> src[at + i] == 0 ? 0 : 1;
            case I16 -> (short) Bytes.u16(src, at + 2 * i);
            case U16 -> Bytes.u16(src, at + 2 * i);
            case I32 -> Bytes.i32(src, at + 4 * i);
            case U32 -> Bytes.i32(src, at + 4 * i) & 0xffff_ffffL;
            case I64 -> Bytes.i64(src, at + 8 * i);
            case U64 -> unsigned(Bytes.i64(src, at + 8 * i));
            default -> throw new AssertionError(dtype());
          };
    }
  }

  private static float unsigned(long bits) {
    // Halving with a sticky low bit keeps the rounding of the full 64-bit value.
    return bits >= 0 ? bits : (float) (bits >>> 1 | (bits & 1)) * 2;
  }
}
