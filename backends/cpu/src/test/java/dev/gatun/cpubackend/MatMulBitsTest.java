package dev.gatun.cpubackend;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.gatun.cpu.CpuKernels;
import dev.gatun.cpu.InstructionSet;
import dev.gatun.cpuengine.kernel.MatMulKernel;
import dev.gatun.tensor.DType;
import dev.gatun.tensor.Shape;
import dev.gatun.tensor.Tensor;
import dev.gatun.testkit.Numbers;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Products have the same bits at every instruction set with fused sums, and so on every processor:
 * integers of a block are summed exactly, blocks are added in order with one rounding each.
 */
class MatMulBitsTest {
  private static final int BLOCK = 32;
  private static final int N = 70;

  /**
   * Rows of X and columns: few and many of both, the longest beyond what a panel of shorts holds.
   */
  private static final int[][] SIZES = {{7, 160}, {15, 4128}};

  static Stream<CpuKernels> kernels() {
    return Library.kernels().stream().filter(set -> set.instructions() != InstructionSet.PORTABLE);
  }

  private static float largest(MemorySegment x, long from) {
    float most = 0;
    for (int i = 0; i < BLOCK; i++) {
      most = Math.max(most, Math.abs(Numbers.get(x, from + i)));
    }
    return most;
  }

  private static float half(MemorySegment data, long at) {
    return Float.float16ToFloat(data.get(ValueLayout.JAVA_SHORT_UNALIGNED, at));
  }

  /** A block of weights as GGUF stores it, less its scale and minimum. */
  private static int[] fields(DType dtype, MemorySegment data, long at) {
    int[] fields = new int[BLOCK];
    long from = at + (dtype == DType.Q4_1 ? 4 : 2);
    for (int i = 0; i < BLOCK; i++) {
      if (dtype == DType.Q8_0) {
        fields[i] = data.get(ValueLayout.JAVA_BYTE, from + i);
      } else {
        int stored = data.get(ValueLayout.JAVA_BYTE, from + i % 16) & 0xff;
        fields[i] = (i < 16 ? stored & 15 : stored >> 4) - (dtype == DType.Q4_0 ? 8 : 0);
      }
    }
    return fields;
  }

  private static float[] expected(DType dtype, MemorySegment data, MemorySegment x, int k) {
    float[] y = new float[Math.toIntExact(x.byteSize() / 4 / k) * N];
    for (int i = 0; i < y.length; i++) {
      float sum = 0;
      for (int column = 0; column < k; column += BLOCK) {
        long at = i % N * dtype.byteSize(k) + (long) column / BLOCK * dtype.blockBytes();
        int[] weights = fields(dtype, data, at);
        long from = (long) i / N * k + column;
        float most = largest(x, from);
        int product = 0;
        int fields = 0;
        for (int c = 0; c < BLOCK; c++) {
          int field = (int) Math.rint(Numbers.get(x, from + c) * (127 / most));
          product += weights[c] * field;
          fields += field;
        }
        float scale = most / 127;
        sum = Math.fma(product, half(data, at) * scale, sum);
        if (dtype == DType.Q4_1) {
          sum = Math.fma(half(data, at + 2), scale * fields, sum);
        }
      }
      y[i] = sum;
    }
    return y;
  }

  @ParameterizedTest
  @MethodSource("kernels")
  void aSetWithFusedSumsGivesTheBitsOfTheDefinition(CpuKernels kernels) {
    for (DType dtype : List.of(DType.Q4_0, DType.Q4_1, DType.Q8_0)) {
      for (int[] size : SIZES) {
        compare(kernels, dtype, size[0], size[1]);
      }
    }
  }

  private static void compare(CpuKernels kernels, DType dtype, int m, int k) {
    try (Arena arena = Arena.ofConfined()) {
      var random = new Random(N + k);
      MemorySegment data = arena.allocate(N * dtype.byteSize(k), 64);
      for (long i = 0; i < data.byteSize(); i++) {
        data.set(ValueLayout.JAVA_BYTE, i, (byte) random.nextInt());
      }
      for (long at = 0; at < data.byteSize(); at += dtype.blockBytes()) {
        for (int head = 0; head < (dtype == DType.Q4_1 ? 4 : 2); head += 2) {
          short scale = Float.floatToFloat16((float) (0.05 * random.nextGaussian()));
          data.set(ValueLayout.JAVA_SHORT_UNALIGNED, at + head, scale);
        }
      }
      MemorySegment x = Numbers.normal(arena, random, m * k, 1);
      float[] expected = expected(dtype, data, x, k);
      assertArrayEquals(expected, multiply(arena, kernels, dtype, data, x, k), dtype + " panel");
      for (int row = 0; row < m; row++) {
        MemorySegment own = x.asSlice(4L * row * k, 4L * k);
        assertArrayEquals(
            Arrays.copyOfRange(expected, row * N, (row + 1) * N),
            multiply(arena, kernels, dtype, data, own, k),
            dtype + " row " + row);
      }
    }
  }

  private static float[] multiply(
      Arena arena, CpuKernels kernels, DType dtype, MemorySegment data, MemorySegment x, int k) {
    int m = Math.toIntExact(x.byteSize() / 4 / k);
    MatMulKernel kernel = NativeMatMul.of(kernels, dtype).orElseThrow();
    int tiles = (N + CpuKernels.TILE_ROWS - 1) / CpuKernels.TILE_ROWS;
    MemorySegment packed = arena.allocate(kernel.packedBytes(N, k), 64);
    kernel.pack(new Tensor(dtype, Shape.of(N, k), data), packed, 0, tiles);
    MemorySegment prepared = arena.allocate(kernel.preparedBytes(m, k), 64);
    kernel.prepare(x, 0, m, k, prepared, 0, 0, m);
    MemorySegment scratch = arena.allocate(kernel.scratchBytes(m, N, k) + 64, 64);
    MemorySegment y = arena.allocate(4L * m * N, 64);
    kernel.multiply(packed, x, 0, prepared, 0, m, N, k, y, 0, N, 0, tiles, scratch, 0);
    float[] result = new float[m * N];
    for (int i = 0; i < result.length; i++) {
      result[i] = Numbers.get(y, i);
    }
    return result;
  }
}
