package dev.gatun.tensor;

import java.lang.foreign.MemorySegment;
import java.util.Objects;

/**
 * The plain floating-point types. All of them encode; narrowing rounds to nearest, ties to even.
 */
final class FloatFormats {
  private FloatFormats() {}

  /** A format of this family. */
  static BlockFormat of(DType dtype) {
    return switch (dtype) {
      case F64 -> new F64();
      case F32 -> new F32();
      case F16 -> new F16();
      case BF16 -> new Bf16();
      default -> throw new IllegalArgumentException(dtype + " is of another family");
    };
  }

  static final class F64 extends BlockFormat {
    F64() {
      super(DType.F64);
    }

    @Override
    void decodeBlocks(byte[] src, int at, float[] dst, int to, int blocks) {
      for (int i = 0; i < blocks; i++) {
        dst[to + i] = (float) Double.longBitsToDouble(Bytes.i64(src, at + 8 * i));
      }
    }

    @Override
    public boolean canEncode() {
      return true;
    }

    @Override
    void encodeBlock(float[] src, int from, byte[] dst, int at) {
      long bits = Double.doubleToRawLongBits(src[from]);
      Bytes.putI32(dst, at, (int) bits);
      Bytes.putI32(dst, at + 4, (int) (bits >> 32));
    }
  }

  static final class F32 extends BlockFormat {
    F32() {
      super(DType.F32);
    }

    @Override
    public void decode(MemorySegment src, long srcOffset, float[] dst, int dstOffset, int count) {
      Objects.checkFromIndexSize(dstOffset, count, dst.length);
      MemorySegment.copy(src, Tensor.F32_LE, srcOffset, dst, dstOffset, count);
    }

    @Override
    void decodeBlocks(byte[] src, int at, float[] dst, int to, int blocks) {
      for (int i = 0; i < blocks; i++) {
        dst[to + i] = Float.intBitsToFloat(Bytes.i32(src, at + 4 * i));
      }
    }

    @Override
    public boolean canEncode() {
      return true;
    }

    @Override
    void encodeBlock(float[] src, int from, byte[] dst, int at) {
      Bytes.putI32(dst, at, Float.floatToRawIntBits(src[from]));
    }
  }

  static final class F16 extends BlockFormat {
    F16() {
      super(DType.F16);
    }

    @Override
    void decodeBlocks(byte[] src, int at, float[] dst, int to, int blocks) {
      for (int i = 0; i < blocks; i++) {
        dst[to + i] = Bytes.half(src, at + 2 * i);
      }
    }

    @Override
    public boolean canEncode() {
      return true;
    }

    @Override
    void encodeBlock(float[] src, int from, byte[] dst, int at) {
      Bytes.putHalf(dst, at, src[from]);
    }
  }

  /** The upper half of an F32. */
  static final class Bf16 extends BlockFormat {
    Bf16() {
      super(DType.BF16);
    }

    @Override
    void decodeBlocks(byte[] src, int at, float[] dst, int to, int blocks) {
      for (int i = 0; i < blocks; i++) {
        dst[to + i] = Float.intBitsToFloat(Bytes.u16(src, at + 2 * i) << 16);
      }
    }

    @Override
    public boolean canEncode() {
      return true;
    }

    @Override
    void encodeBlock(float[] src, int from, byte[] dst, int at) {
      int bits = Float.floatToRawIntBits(src[from]);
      if (Float.isNaN(src[from])) {
        // Truncation could leave the pattern of an infinity: set a payload bit, as ggml does.
        Bytes.putU16(dst, at, bits >>> 16 | 64);
      } else {
        Bytes.putU16(dst, at, (bits + 0x7fff + (bits >>> 16 & 1)) >>> 16);
      }
    }
  }
}
