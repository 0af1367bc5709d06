package dev.gatun.cpubackend;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.cpu.CpuKernels;
import dev.gatun.cpu.InstructionSet;
import dev.gatun.cpuengine.kernel.MatMulKernel;
import dev.gatun.tensor.BlockFormat;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Products at every instruction set of this machine against a double-precision loop. */
class MatMulTwinTest {
  private static final List<DType> FORMATS =
      List.of(
          DType.Q4_0,
          DType.Q4_1,
          DType.Q5_0,
          DType.Q5_1,
          DType.Q8_0,
          DType.Q2_K,
          DType.Q3_K,
          DType.Q4_K,
          DType.Q5_K,
          DType.Q6_K,
          DType.IQ4_NL,
          DType.IQ4_XS,
          DType.MXFP4,
          DType.NVFP4,
          DType.Q1_0,
          DType.Q2_0,
          DType.TQ1_0,
          DType.TQ2_0,
          DType.IQ1_S,
          DType.IQ1_M,
          DType.IQ2_XXS,
          DType.IQ2_XS,
          DType.IQ2_S,
          DType.IQ3_XXS,
          DType.IQ3_S,
          DType.F32,
          DType.F16,
          DType.BF16);

  /**
   * Enough for panels at every width (four times six rows are few at 512 bits) and AMX's squares.
   */
  private static final int MOST = 45;

  /** Row by row, few rows, and panels. */
  private static final int[] WAYS = {1, 3, MOST};

  private static final int[] BATCHES = {1, 2, 3, 4, 5, 6, 7, 12, 17, 24, 25, 33};
  private static final float GUARD = 12345.678f;

  static List<CpuKernels> kernels() {
    return Library.kernels();
  }

  /** A matrix, its packed form, and products with it. */
  private record Product(Arena arena, MatMulKernel kernel, Tensor weights, MemorySegment packed) {
    static Product of(Arena arena, CpuKernels kernels, DType dtype, int n, int k) {
      return of(arena, NativeMatMul.of(kernels, dtype).orElseThrow(), dtype, n, k);
    }

    static Product of(Arena arena, MatMulKernel kernel, DType dtype, int n, int k) {
      var random = new Random(n + k);
      MemorySegment data = arena.allocate(n * dtype.byteSize(k), 64);
      if (dtype.isFloat()) {
        float[] values = new float[n * k];
        for (int i = 0; i < values.length; i++) {
          values[i] = (float) random.nextGaussian();
        }
        BlockFormat.of(dtype).encode(values, 0, data, 0, values.length);
      } else {
        fill(data, dtype, random);
      }
      var weights = new Tensor(dtype, Shape.of(n, k), data);
      MemorySegment packed = arena.allocate(kernel.packedBytes(n, k), 64);
      packed.fill((byte) 0x5a);
      int tiles = tiles(n);
      kernel.pack(weights, packed, tiles / 2, tiles);
      kernel.pack(weights, packed, 0, tiles / 2);
      return new Product(arena, kernel, weights, packed);
    }

    private static void fill(MemorySegment data, DType dtype, Random random) {
      for (long i = 0; i < data.byteSize(); i++) {
        data.set(ValueLayout.JAVA_BYTE, i, (byte) random.nextInt());
      }
      for (long block = 0; block < data.byteSize(); block += dtype.blockBytes()) {
        CpuSelfTest.setScales(data, block, dtype, () -> scale(random));
      }
    }

    /** A scale of either sign, now and then zero or subnormal. */
    private static float scale(Random random) {
      return switch (random.nextInt(20)) {
        case 0 -> 0;
        case 1 -> 3e-6f;
        default -> (float) (0.05 * random.nextGaussian());
      };
    }

    static int tiles(int n) {
      return (n + CpuKernels.TILE_ROWS - 1) / CpuKernels.TILE_ROWS;
    }

    int n() {
      return (int) weights.shape().dim(0);
    }

    int k() {
      return (int) weights.shape().dim(1);
    }

    float[] multiply(MemorySegment x, int m, int step) {
      int stride = n() + 3;
      MemorySegment y = arena.allocate(4L * m * stride, 64);
      for (int i = 0; i < m * stride; i++) {
        Numbers.set(y, i, GUARD);
      }
      MemorySegment prepared = arena.allocate(kernel.preparedBytes(m, k()), 64);
      prepared.fill((byte) 0x5a);
      kernel.prepare(x, 0, m, k(), prepared, 0, m / 2, m);
      kernel.prepare(x, 0, m, k(), prepared, 0, 0, m / 2);
      MemorySegment scratch = arena.allocate(kernel.scratchBytes(m, n(), k()) + 64, 64);
      for (int tile = 0; tile < tiles(n()); tile += step) {
        int end = Math.min(tile + step, tiles(n()));
        kernel.multiply(
            packed, x, 0, prepared, 0, m, n(), k(), y, 0, stride, tile, end, scratch, 0);
      }
      float[] result = new float[m * n()];
      for (int i = 0; i < m; i++) {
        for (int j = 0; j < stride; j++) {
          float value = Numbers.get(y, (long) i * stride + j);
          if (j < n()) {
            result[i * n() + j] = value;
          } else {
            assertTrue(value == GUARD, "wrote beyond a row");
          }
        }
      }
      return result;
    }

    /** How far an activation may be off when prepared: half a step of its block, or of BF16. */
    double rounding(double activation, double largest) {
      if (weights.dtype().isFloat()) {
        return kernel.preparedBytes(1, k()) == 0 ? 0 : activation / 256;
      }
      return largest / 253;
    }

    /** Activations are off by their rounding, sums by single precision. */
    void check(MemorySegment activations, int m, float[] actual) {
      float[] x = activations.asSlice(0, 4L * m * k()).toArray(ValueLayout.JAVA_FLOAT);
      float[] row = new float[k()];
      for (int j = 0; j < n(); j++) {
        BlockFormat.of(weights.dtype()).decode(weights.data(), j * weights.rowBytes(), row, 0, k());
        for (int i = 0; i < m; i++) {
          double sum = 0;
          double bound = 1e-30;
          for (int block = 0; block < k(); block += 32) {
            double largest = 0;
            double range = 0;
            int end = Math.min(k(), block + 32);
            for (int c = block; c < end; c++) {
              double v = x[i * k() + c];
              sum += row[c] * v;
              largest = Math.max(largest, Math.abs(v));
              range = Math.max(range, Math.abs(row[c]));
            }
            for (int c = block; c < end; c++) {
              double v = Math.abs((double) x[i * k() + c]);
              bound += Math.abs(row[c]) * rounding(v, largest) + 4e-6 * range * largest;
            }
          }
          double error = Math.abs(actual[i * n() + j] - sum);
          assertTrue(
              error <= bound,
              kernel.name() + " m=" + m + " n=" + n() + " k=" + k() + ": error " + error);
        }
      }
    }
  }

  /** Rows and columns: with and without a last tile that is not full. */
  private static int[][] sizes(DType dtype) {
    return dtype.blockElements() > 32
        ? new int[][] {{1, 256}, {33, 512}, {95, 256}, {64, 1280}}
        : dtype.isFloat()
            ? new int[][] {{1, 1}, {33, 97}, {95, 64}, {64, 1121}}
            : new int[][] {{1, 32}, {33, 96}, {95, 64}, {64, 1120}};
  }

  /** Columns: two blocks, or more than a panel of floats holds. */
  private static int columns(DType dtype) {
    return dtype.isFloat() ? 1057 : dtype.blockElements() > 32 ? 512 : 160;
  }

  @ParameterizedTest
  @MethodSource("kernels")
  void agreesWithTheReference(CpuKernels kernels) {
    for (DType dtype : FORMATS) {
      for (int[] size : sizes(dtype)) {
        try (Arena arena = Arena.ofConfined()) {
          Product product = Product.of(arena, kernels, dtype, size[0], size[1]);
          for (int m : WAYS) {
            MemorySegment x = Numbers.normal(arena, new Random(m), m * size[1], 1);
            product.check(x, m, product.multiply(x, m, 2));
          }
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("kernels")
  void rowsDependNeitherOnTheirNumberNorOnRangesOfTiles(CpuKernels kernels) {
    for (DType dtype : FORMATS) {
      try (Arena arena = Arena.ofConfined()) {
        int k = columns(dtype);
        Product product = Product.of(arena, kernels, dtype, 70, k);
        MemorySegment x = Numbers.normal(arena, new Random(5), MOST * k, 1);
        float[] all = product.multiply(x, MOST, 1);
        for (int m : BATCHES) {
          float[] some = product.multiply(x, m, 2);
          assertArrayEquals(Arrays.copyOf(all, some.length), some, dtype + " m=" + m);
        }
      }
    }
  }

  /** Matrices in F32 and F16 that are to be rounded give what their rounded selves give. */
  @ParameterizedTest
  @MethodSource("kernels")
  void roundedMatricesAreThoseInBf16(CpuKernels kernels) {
    for (DType dtype : List.of(DType.F32, DType.F16)) {
      for (int[] size : sizes(dtype)) {
        try (Arena arena = Arena.ofConfined()) {
          int n = size[0];
          int k = size[1];
          Product product = Product.of(arena, NativeMatMul.rounding(kernels, dtype), dtype, n, k);
          float[] numbers = new float[n * k];
          BlockFormat.of(dtype).decode(product.weights().data(), 0, numbers, 0, n * k);
          MemorySegment brains = arena.allocate(2L * n * k, 64);
          BlockFormat.of(DType.BF16).encode(numbers, 0, brains, 0, n * k);
          MatMulKernel kernel = NativeMatMul.of(kernels, DType.BF16).orElseThrow();
          var rounded =
              new Product(
                  arena,
                  kernel,
                  new Tensor(DType.BF16, Shape.of(n, k), brains),
                  arena.allocate(kernel.packedBytes(n, k), 64));
          kernel.pack(rounded.weights(), rounded.packed(), 0, Product.tiles(n));
          for (int m : WAYS) {
            MemorySegment x = Numbers.normal(arena, new Random(m), m * k, 1);
            float[] expected = rounded.multiply(x, m, 2);
            rounded.check(x, m, expected);
            assertArrayEquals(expected, product.multiply(x, m, 2), dtype + " m=" + m);
          }
        }
      }
    }
  }

  /** The largest fields with the largest activations of one sign: the largest sums of integers. */
  @ParameterizedTest
  @MethodSource("kernels")
  void sumsOfTheLargestFieldsDoNotOverflow(CpuKernels kernels) {
    for (DType dtype : FORMATS) {
      for (byte bits : new byte[] {-1, 0, Byte.MIN_VALUE, Byte.MAX_VALUE}) {
        try (Arena arena = Arena.ofConfined()) {
          Product product = Product.of(arena, kernels, dtype, 40, 512);
          if (!dtype.isFloat()) {
            MemorySegment data = product.weights().data();
            data.fill(bits);
            for (long block = 0; block < data.byteSize(); block += dtype.blockBytes()) {
              CpuSelfTest.setScales(data, block, dtype, () -> 0.01);
            }
            product.kernel().pack(product.weights(), product.packed(), 0, Product.tiles(40));
          }
          for (float one : new float[] {1, -1}) {
            MemorySegment x = arena.allocate(4L * MOST * 512, 64);
            for (int i = 0; i < MOST * 512; i++) {
              Numbers.set(x, i, one);
            }
            for (int m : new int[] {1, 5, MOST}) {
              product.check(x, m, product.multiply(x, m, 1));
            }
          }
        }
      }
    }
  }

  /** Integers are summed exactly and blocks in order, so that the width makes no difference. */
  @ParameterizedTest
  @MethodSource("kernels")
  void allInstructionSetsWithFusedSumsGiveTheSameBits(CpuKernels kernels) {
    if (kernels.instructions() == InstructionSet.PORTABLE) {
      return;
    }
    CpuKernels first = Library.kernels().get(1);
    for (DType dtype : FORMATS) {
      if (dtype == DType.BF16 && NativeMatMul.multipliesBrains(kernels)) {
        // Rounds activations, as the others do not.
        continue;
      }
      try (Arena arena = Arena.ofConfined()) {
        int k = columns(dtype);
        MemorySegment x = Numbers.normal(arena, new Random(5), MOST * k, 1);
        float[] expected = Product.of(arena, first, dtype, 70, k).multiply(x, MOST, 1);
        float[] actual = Product.of(arena, kernels, dtype, 70, k).multiply(x, MOST, 1);
        assertArrayEquals(expected, actual, dtype.name());
      }
    }
  }

  @ParameterizedTest
  @MethodSource("kernels")
  void notANumberStaysInItsRow(CpuKernels kernels) {
    for (DType dtype : List.of(DType.Q4_0, DType.Q6_K, DType.F16)) {
      for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY}) {
        try (Arena arena = Arena.ofConfined()) {
          Product product = Product.of(arena, kernels, dtype, 33, 256);
          MemorySegment x = Numbers.normal(arena, new Random(5), MOST * 256, 1);
          float[] clean = product.multiply(x, MOST, 1);
          Numbers.set(x, 3 * 256 + 17, bad);
          float[] actual = product.multiply(x, MOST, 1);
          for (int i = 0; i < MOST * 33; i++) {
            boolean poisoned =
                dtype.isFloat() ? !Float.isFinite(actual[i]) : Float.isNaN(actual[i]);
            assertTrue(i / 33 == 3 ? poisoned : clean[i] == actual[i], dtype + ", row " + i / 33);
          }
        }
      }
    }
  }
}
