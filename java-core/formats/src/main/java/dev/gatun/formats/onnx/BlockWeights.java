package dev.gatun.formats.onnx;

import dev.gatun.tensor.DType;
import dev.gatun.tensor.Shape;
import dev.gatun.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.Optional;

/**
 * A matrix as ONNX Runtime's block operators store it: {@code value = scale * (code - zero)}, codes
 * of a row one after the other, the first in the lowest bits, one scale and zero point per block.
 */
final class BlockWeights {
  /** Elements of a block of Q4_0 and Q8_0. */
  private static final int OWN_BLOCK = 32;

  private final Tensor codes;
  private final float[] scales;
  private final float[] zeros;
  private final long rows;
  private final int width;
  private final int bits;
  private final int block;
  private final int blocks;

  private BlockWeights(
      Tensor codes,
      float[] scales,
      float[] zeros,
      long rows,
      int width,
      int bits,
      int block,
      int blocks) {
    this.codes = codes;
    this.scales = scales;
    this.zeros = zeros;
    this.rows = rows;
    this.width = width;
    this.bits = bits;
    this.block = block;
    this.blocks = blocks;
  }

  /**
   * Those of a node.
   *
   * @param codes number of the input with the codes, U8
   * @param scales number of the input with one scale per block
   * @param zeros number of the input with zero points, which may be absent
   */
  static BlockWeights of(
      NodeScope node, int codes, int scales, int zeros, long rows, int width, int bits, int block) {
    Tensor stored =
        node.constant(codes).orElseThrow(() -> node.unsupported("its codes are computed"));
    Tensor factors =
        node.constant(scales).orElseThrow(() -> node.unsupported("its scales are computed"));
    if (stored.dtype() != DType.U8) {
      throw node.unsupported("its codes are " + stored.dtype());
    }
    long blocks = (width + (long) block - 1) / Math.max(1, block);
    boolean fits =
        (bits == 2 || bits == 4 || bits == 8)
            && block >= 16
            && rows > 0
            && width > 0
            && stored.data().byteSize() == rows * blocks * block * bits / 8
            && factors.shape().elements() == rows * blocks;
    if (!fits) {
      throw node.bad(
          "has %s codes and %s scales for [%d, %d] in blocks of %d and %d bits"
              .formatted(stored.shape(), factors.shape(), rows, width, block, bits));
    }
    return new BlockWeights(
        stored,
        factors.toFloats(),
        zeros(node, zeros, rows, blocks, bits),
        rows,
        width,
        bits,
        block,
        (int) blocks);
  }

  /** A zero point for each block: given as numbers, packed like codes, or the middle. */
  private static float[] zeros(NodeScope node, int input, long rows, long blocks, int bits) {
    float[] zeros = new float[Math.toIntExact(rows * blocks)];
    if (!node.has(input)) {
      Arrays.fill(zeros, 1 << (bits - 1));
      return zeros;
    }
    Tensor given =
        node.constant(input).orElseThrow(() -> node.unsupported("zero points are computed"));
    if (given.dtype().isFloat() && given.shape().elements() == zeros.length) {
      return given.toFloats();
    }
    long rowBytes = (blocks * bits + 7) / 8;
    long bytes = given.shape().elements();
    if (given.dtype() != DType.U8 || (bytes != rows * rowBytes && bytes != zeros.length)) {
      throw node.bad(
          "has %s %s zero points for %d rows of %d blocks of %d bits"
              .formatted(given.dtype(), given.shape(), rows, blocks, bits));
    }
    // One byte for each: rows of one block have no second code to share theirs with.
    boolean packed = bytes == rows * rowBytes;
    int each = packed ? 8 / bits : 1;
    for (int i = 0; i < zeros.length; i++) {
      long at = packed ? i / blocks * rowBytes + i % blocks / each : i;
      int code = given.data().get(ValueLayout.JAVA_BYTE, at) >> (i % blocks % each * bits);
      zeros[i] = code & (1 << bits) - 1;
    }
    return zeros;
  }

  private int code(long row, int i) {
    long at = row * blocks * block + i;
    int each = 8 / bits;
    int packed = codes.data().get(ValueLayout.JAVA_BYTE, at / each);
    return packed >> ((int) (at % each) * bits) & (1 << bits) - 1;
  }

  private int owner(long row, int i) {
    return Math.toIntExact(row * blocks + i / block);
  }

  /** The numbers, F32 [rows, width]. */
  Tensor decoded() {
    MemorySegment target = Arena.ofAuto().allocate(Math.multiplyExact(rows * width, 4), 64);
    for (long r = 0; r < rows; r++) {
      for (int i = 0; i < width; i++) {
        int own = owner(r, i);
        target.set(Tensor.F32_LE, (r * width + i) * 4, scales[own] * (code(r, i) - zeros[own]));
      }
    }
    return new Tensor(DType.F32, Shape.of(rows, (long) width), target);
  }

  /**
   * The same numbers in a weight format, [rows, width]: Q4_0 where its codes hold them, else Q8_0;
   * empty when neither does, because a scale is none of half precision.
   */
  Optional<Tensor> blocked() {
    if (block % OWN_BLOCK != 0 || width % OWN_BLOCK != 0 || !halves(scales) || !whole(zeros)) {
      return Optional.empty();
    }
    int least = 0;
    int most = 0;
    for (long r = 0; r < rows; r++) {
      for (int i = 0; i < width; i++) {
        int value = code(r, i) - (int) zeros[owner(r, i)];
        least = Math.min(least, value);
        most = Math.max(most, value);
      }
    }
    if (least >= -8 && most <= 7) {
      return Optional.of(encoded(DType.Q4_0));
    }
    return least >= Byte.MIN_VALUE && most <= Byte.MAX_VALUE
        ? Optional.of(encoded(DType.Q8_0))
        : Optional.empty();
  }

  private static boolean halves(float[] numbers) {
    for (float x : numbers) {
      if (!(Math.abs(x) <= 65504) || Float.float16ToFloat(Float.floatToFloat16(x)) != x) {
        return false;
      }
    }
    return true;
  }

  private static boolean whole(float[] numbers) {
    for (float x : numbers) {
      if (x != (int) x) {
        return false;
      }
    }
    return true;
  }

  /** Blocks of ggml: a scale in half precision, then codes. */
  private Tensor encoded(DType format) {
    MemorySegment target =
        Arena.ofAuto().allocate(format.byteSize(Math.multiplyExact(rows, (long) width)), 64);
    long at = 0;
    for (long r = 0; r < rows; r++) {
      for (int first = 0; first < width; first += OWN_BLOCK) {
        int own = owner(r, first);
        int zero = (int) zeros[own];
        short scale = Float.floatToFloat16(scales[own]);
        target.set(ValueLayout.JAVA_BYTE, at, (byte) scale);
        target.set(ValueLayout.JAVA_BYTE, at + 1, (byte) (scale >> 8));
        at += 2;
        if (format == DType.Q8_0) {
          for (int i = 0; i < OWN_BLOCK; i++) {
            target.set(ValueLayout.JAVA_BYTE, at++, (byte) (code(r, first + i) - zero));
          }
          continue;
        }
        for (int i = 0; i < OWN_BLOCK / 2; i++) {
          int low = code(r, first + i) - zero + 8;
          int high = code(r, first + OWN_BLOCK / 2 + i) - zero + 8;
          target.set(ValueLayout.JAVA_BYTE, at++, (byte) (low | high << 4));
        }
      }
    }
    return new Tensor(format, Shape.of(rows, (long) width), target);
  }
}
