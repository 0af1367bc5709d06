package dev.gatun.formats.onnx;

import dev.gatun.graph.Value;
import dev.gatun.graph.op.Binary;
import dev.gatun.graph.op.MatMul;
import dev.gatun.graph.op.Unary;
import dev.gatun.tensor.DType;
import dev.gatun.tensor.Shape;
import dev.gatun.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;

/**
 * Operators that ONNX Runtime contributes (domain com.microsoft), where Gatun has their meaning.
 */
final class ContributedOps {
  private static final String DOMAIN = "com.microsoft:";

  private ContributedOps() {}

  static void register(OpImporters ops) {
    ops.add(DOMAIN + "QuickGelu", ContributedOps::quickGelu);
    ops.add(DOMAIN + "Gelu", node -> node.result(new Unary(Unary.Function.GELU), node.value(0)));
    ops.add(DOMAIN + "MatMulNBits", ContributedOps::product);
  }

  /** {@code x * sigmoid(alpha * x)}. */
  private static List<Imported> quickGelu(NodeScope node) {
    float alpha = node.real("alpha", 1.702f);
    if (alpha == 1) {
      return node.result(new Unary(Unary.Function.SILU), node.value(0));
    }
    Value x = node.value(0);
    var mul = new Binary(Binary.Function.MUL);
    Value scaled = node.step("scaled", mul, x, node.scalar("alpha", alpha));
    Value gate = node.step("gate", new Unary(Unary.Function.SIGMOID), scaled);
    return node.result(mul, x, gate);
  }

  /** Codes in blocks become F32: value = scale * (code - zero). */
  private static List<Imported> product(NodeScope node) {
    if (node.has(4)) {
      throw node.unsupported("it has a group index");
    }
    int bits = Math.toIntExact(node.integer("bits", 4));
    int block = Math.toIntExact(node.integer("block_size", 32));
    long rows = node.integer("N", 0);
    int width = Math.toIntExact(node.integer("K", 0));
    Tensor codes = node.constant(1).orElseThrow(() -> node.unsupported("its codes are computed"));
    Tensor scales = node.constant(2).orElseThrow(() -> node.unsupported("its scales are computed"));
    long blocks = (width + (long) block - 1) / Math.max(1, block);
    boolean fits =
        (bits == 2 || bits == 4 || bits == 8)
            && block >= 16
            && rows > 0
            && width > 0
            && codes.data().byteSize() == rows * blocks * block * bits / 8
            && scales.shape().elements() == rows * blocks;
    if (!fits) {
      throw node.bad(
          "has %s codes and %s scales for [%d, %d] in blocks of %d and %d bits"
              .formatted(codes.shape(), scales.shape(), rows, width, block, bits));
    }
    Tensor weights =
        decoded(codes, scales, zeros(node, rows, blocks, bits), rows, width, bits, block);
    Value product =
        node.has(5)
            ? node.step("product", new MatMul(true), node.value(0), node.constant("w", weights))
            : Value.ABSENT;
    return node.has(5)
        ? node.result(new Binary(Binary.Function.ADD), product, node.value(5))
        : node.result(new MatMul(true), node.value(0), node.constant("w", weights));
  }

  /** A zero point for each block: given as numbers, packed like codes, or the middle. */
  private static float[] zeros(NodeScope node, long rows, long blocks, int bits) {
    float[] zeros = new float[Math.toIntExact(rows * blocks)];
    if (!node.has(3)) {
      Arrays.fill(zeros, 1 << (bits - 1));
      return zeros;
    }
    Tensor given = node.constant(3).orElseThrow(() -> node.unsupported("zero points are computed"));
    long rowBytes = (blocks * bits + 7) / 8;
    if (given.dtype().isFloat() && given.shape().elements() == zeros.length) {
      return given.toFloats();
    }
    if (given.dtype() != DType.U8 || given.shape().elements() != rows * rowBytes) {
      throw node.bad(
          "has %s %s zero points for %d rows of %d blocks of %d bits"
              .formatted(given.dtype(), given.shape(), rows, blocks, bits));
    }
    int each = 8 / bits;
    for (int i = 0; i < zeros.length; i++) {
      long at = i / blocks * rowBytes + i % blocks / each;
      int code = given.data().get(ValueLayout.JAVA_BYTE, at) >> (i % blocks % each * bits);
      zeros[i] = code & (1 << bits) - 1;
    }
    return zeros;
  }

  private static Tensor decoded(
      Tensor codes, Tensor scales, float[] zeros, long rows, int width, int bits, int block) {
    MemorySegment target = Arena.ofAuto().allocate(Math.multiplyExact(rows * width, 4), 64);
    float[] factors = scales.toFloats();
    int blocks = (width + block - 1) / block;
    int each = 8 / bits;
    int mask = (1 << bits) - 1;
    for (long r = 0; r < rows; r++) {
      for (int i = 0; i < width; i++) {
        long at = (r * blocks * block + i) / each;
        int code = codes.data().get(ValueLayout.JAVA_BYTE, at) >> (i % each * bits) & mask;
        int own = Math.toIntExact(r * blocks + i / block);
        target.set(Tensor.F32_LE, (r * width + i) * 4, factors[own] * (code - zeros[own]));
      }
    }
    return new Tensor(DType.F32, Shape.of(rows, (long) width), target);
  }
}
