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
  private static final int M = 7;
  private static final int N = 70;
  private static final int K = 160;

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

  private static float[] expected(DType dtype, MemorySegment data, MemorySegment x) {
    float[] y = new float[M * N];
    for (int i = 0; i < M * N; i++) {
      float sum = 0;
      for (int column = 0; column < K; column += BLOCK) {
        long at = i % N * dtype.byteSize(K) + (long) column / BLOCK * dtype.blockBytes();
        int[] weights = fields(dtype, data, at);
        long from = (long) i / N * K + column;
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
      try (Arena arena = Arena.ofConfined()) {
        var random = new Random(N + K);
        MemorySegment data = arena.allocate(N * dtype.byteSize(K), 64);
        for (long i = 0; i < data.byteSize(); i++) {
          data.set(ValueLayout.JAVA_BYTE, i, (byte) random.nextInt());
        }
        for (long at = 0; at < data.byteSize(); at += dtype.blockBytes()) {
          for (int head = 0; head < (dtype == DType.Q4_1 ? 4 : 2); head += 2) {
            short scale = Float.floatToFloat16((float) (0.05 * random.nextGaussian()));
            data.set(ValueLayout.JAVA_SHORT_UNALIGNED, at + head, scale);
          }
        }
        MemorySegment x = Numbers.normal(arena, random, M * K, 1);
        float[] expected = expected(dtype, data, x);
        assertArrayEquals(expected, multiply(arena, kernels, dtype, data, x, M), dtype + " panel");
        for (int row = 0; row < M; row++) {
          float[] one = multiply(arena, kernels, dtype, data, x.asSlice(4L * row * K), 1);
          assertArrayEquals(
              Arrays.copyOfRange(expected, row * N, (row + 1) * N), one, dtype + " row " + row);
        }
      }
    }
  }

  private static float[] multiply(
      Arena arena, CpuKernels kernels, DType dtype, MemorySegment data, MemorySegment x, int m) {
    MatMulKernel kernel = NativeMatMul.of(kernels, dtype).orElseThrow();
    int tiles = (N + CpuKernels.TILE_ROWS - 1) / CpuKernels.TILE_ROWS;
    MemorySegment packed = arena.allocate(kernel.packedBytes(N, K), 64);
    kernel.pack(new Tensor(dtype, Shape.of(N, K), data), packed, 0, tiles);
    MemorySegment prepared = arena.allocate(kernel.preparedBytes(m, K), 64);
    kernel.prepare(x, 0, m, K, prepared, 0, 0, m);
    MemorySegment scratch = arena.allocate(kernel.scratchBytes(m, N, K) + 64, 64);
    MemorySegment y = arena.allocate(4L * m * N, 64);
    kernel.multiply(packed, x, 0, prepared, 0, m, N, K, y, 0, N, 0, tiles, scratch, 0);
    float[] result = new float[m * N];
    for (int i = 0; i < result.length; i++) {
      result[i] = Numbers.get(y, i);
    }
    return result;
  }
}
