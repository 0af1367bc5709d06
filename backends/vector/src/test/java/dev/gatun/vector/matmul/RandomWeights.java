package dev.gatun.vector.matmul;

import dev.gatun.tensor.DType;
import dev.gatun.vector.simd.Memory;
import java.lang.foreign.MemorySegment;
import java.util.Random;

/** Random blocks of a format: every bit of the quants is random, the scales are sensible. */
final class RandomWeights {
  private RandomWeights() {}

  static void fill(DType dtype, MemorySegment data, Random random) {
    for (long i = 0; i < data.byteSize(); i++) {
      data.set(Memory.I8, i, (byte) random.nextInt());
    }
    long blocks = data.byteSize() / dtype.blockBytes();
    for (long block = 0; block < blocks; block++) {
      long at = block * dtype.blockBytes();
      switch (dtype) {
        case F32 -> data.set(Memory.F32, at, (float) random.nextGaussian());
        case F16 -> half(data, at, random.nextInt(50) == 0 ? 1e-7f : (float) random.nextGaussian());
        case BF16 ->
            data.set(
                Memory.I16,
                at,
                (short) (Float.floatToRawIntBits((float) random.nextGaussian()) >>> 16));
        case F64 ->
            data.set(
                java.lang.foreign.ValueLayout.JAVA_DOUBLE_UNALIGNED, at, random.nextGaussian());
        case Q4_0,
            Q5_0,
            Q8_0,
            IQ4_NL,
            IQ4_XS,
            IQ2_XXS,
            IQ2_XS,
            IQ2_S,
            IQ3_XXS,
            IQ3_S,
            IQ1_S,
            Q1_0,
            Q2_0 ->
            half(data, at, scale(random));
        case Q8_K -> data.set(Memory.F32, at, scale(random));
        case Q4_1, Q5_1, Q8_1, Q4_K, Q5_K -> {
          half(data, at, scale(random));
          half(data, at + 2, scale(random));
        }
        case Q2_K -> {
          half(data, at + 80, scale(random));
          half(data, at + 82, scale(random));
        }
        case Q3_K -> half(data, at + 108, scale(random));
        case Q6_K -> half(data, at + 208, scale(random));
        case TQ1_0 -> half(data, at + 52, scale(random));
        case TQ2_0 -> half(data, at + 64, scale(random));
        case MXFP4 -> data.set(Memory.I8, at, (byte) (120 + random.nextInt(8)));
        case NVFP4 -> {
          for (int i = 0; i < 4; i++) {
            data.set(Memory.I8, at + i, (byte) random.nextInt(0x70));
          }
        }
        case IQ1_M -> {
          // The scale's four nibbles stand on top of the four words of sub-scales.
          int bits = Float.floatToFloat16(scale(random)) & 0xffff;
          for (int i = 0; i < 4; i++) {
            int word = data.get(Memory.I16, at + 48 + 2L * i) & 0xfff;
            data.set(
                Memory.I16, at + 48 + 2L * i, (short) (word | ((bits >> (4 * i)) & 0xf) << 12));
          }
        }
        default -> {}
      }
    }
  }

  /** A scale of either sign, now and then zero or subnormal in half precision. */
  private static float scale(Random random) {
    return switch (random.nextInt(20)) {
      case 0 -> 0;
      case 1 -> 3e-6f;
      default -> (float) (0.05 * random.nextGaussian());
    };
  }

  private static void half(MemorySegment data, long at, float value) {
    data.set(Memory.I16, at, Float.floatToFloat16(value));
  }
}
