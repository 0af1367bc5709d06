package dev.gatun.vector.matmul;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.gatun.cpuengine.kernel.MatMulKernel;
import dev.gatun.tensor.DType;
import dev.gatun.vector.simd.Lanes;
import dev.gatun.vector.simd.Memory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import jdk.incubator.vector.FloatVector;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every format against a scalar double-precision loop, at the width that {@code gatun.vector.bits}
 * asks for: the build runs this class once per width.
 */
class MatMulTest {
  /** Error of single-precision sums, of the sum of magnitudes of the products. */
  private static final double SUMS = 2e-6;

  /** Error of the streaming kernels, of the sum of magnitudes of x times the largest weight. */
  private static final double OFFSETS = 1e-5;

  private VectorMatMulKernels kernels;

  @BeforeAll
  static void widthIsThere() {
    int widest = FloatVector.SPECIES_PREFERRED.vectorBitSize();
    int asked = Integer.getInteger(Lanes.WIDTH, widest);
    assumeTrue(asked <= widest, () -> "vectors of " + asked + " bits: this JVM has " + widest);
  }

  @BeforeEach
  void makeKernels() {
    kernels = new VectorMatMulKernels(true);
  }

  static List<DType> formats() {
    return Arrays.stream(DType.values()).filter(type -> type != DType.STRING).toList();
  }

  @ParameterizedTest
  @MethodSource("formats")
  void agreesWithTheReference(DType dtype) {
    int block = dtype.blockElements();
    for (int[] size : new int[][] {{1, 1}, {33, 3}, {95, 1}, {32, 2}}) {
      int n = size[0];
      int k = block == 1 ? 37 * size[1] : block * size[1];
      try (Arena arena = Arena.ofShared()) {
        var product = new MatMulCase(arena, kernels.of(dtype), dtype, n, k, n + k);
        for (int m : new int[] {1, 2, 5, 12, 15}) {
          MemorySegment x = product.activations(m, m);
          product.check(x, m, product.multiply(x, m, 2), SUMS, m == 1 ? OFFSETS : 0);
        }
      }
    }
  }

  /** Long rows: several chunks of columns, and rounding errors that add up. */
  @ParameterizedTest
  @MethodSource("formats")
  void agreesOnLongRows(DType dtype) {
    int k = dtype.blockElements() == 1 ? 1100 : 256 * 5;
    try (Arena arena = Arena.ofShared()) {
      var product = new MatMulCase(arena, kernels.of(dtype), dtype, 40, k, 7);
      for (int m : new int[] {1, 3}) {
        MemorySegment x = product.activations(m, m);
        product.check(x, m, product.multiply(x, m, 3), SUMS, m == 1 ? OFFSETS : 0);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"F32", "F16", "Q4_0", "Q8_0", "Q4_K", "IQ2_XS"})
  void everyNumberOfRows(DType dtype) {
    try (Arena arena = Arena.ofShared()) {
      int k = dtype.blockElements() == 1 ? 100 : 256;
      var product = new MatMulCase(arena, kernels.of(dtype), dtype, 35, k, 3);
      MemorySegment x = product.activations(70, 5);
      float[] all = product.multiply(x, 70, 1);
      product.check(x, 70, all, SUMS, 0);
      for (int m = 2; m < 70; m++) {
        float[] some = product.multiply(x, m, 2);
        assertArrayEquals(Arrays.copyOf(all, some.length), some, "a row depends on m = " + m);
      }
    }
  }

  @Test
  void resultsDoNotDependOnRangesOfTiles() {
    try (Arena arena = Arena.ofShared()) {
      var product = new MatMulCase(arena, kernels.of(DType.Q4_0), DType.Q4_0, 300, 96, 3);
      for (int m : new int[] {1, 2, 13}) {
        MemorySegment x = product.activations(m, 5);
        float[] whole = product.multiply(x, m, 100);
        for (int step = 1; step < 10; step++) {
          assertArrayEquals(whole, product.multiply(x, m, step));
        }
      }
    }
  }

  @Test
  void notANumberStaysInItsRow() {
    try (Arena arena = Arena.ofShared()) {
      var product = new MatMulCase(arena, kernels.of(DType.Q4_0), DType.Q4_0, 33, 64, 3);
      MemorySegment x = product.activations(14, 5);
      float[] clean = product.multiply(x, 14, 1);
      x.setAtIndex(Memory.F32, 3 * 64 + 17, Float.NaN);
      float[] actual = product.multiply(x, 14, 1);
      for (int i = 0; i < 14 * 33; i++) {
        if (i / 33 == 3) {
          assertTrue(Float.isNaN(actual[i]));
        } else {
          assertEquals(clean[i], actual[i]);
        }
      }
    }
  }

  @Test
  void oneRowOfPreparedActivationsIsAnUpperBound() {
    // Callers place groups of rows at multiples of the size of one row.
    MatMulKernel kernel = kernels.of(DType.Q4_0);
    for (int m = 2; m < 100; m++) {
      assertTrue(kernel.preparedBytes(m, 576) <= m * kernel.preparedBytes(1, 576));
    }
  }

  @Test
  void packedMatricesAreHardlyLargerThanStored() {
    for (DType dtype : formats()) {
      long stored = 4096 * dtype.byteSize(4096);
      assertTrue(kernels.of(dtype).packedBytes(4096, 4096) <= stored * 1.05, dtype.name());
    }
  }

  @Test
  void refusesOtherFormats() {
    assertThrows(IllegalArgumentException.class, () -> kernels.of(DType.STRING));
    try (Arena arena = Arena.ofShared()) {
      var product = new MatMulCase(arena, kernels.of(DType.Q4_0), DType.Q4_0, 1, 32, 3);
      MatMulKernel other = kernels.of(DType.Q4_1);
      assertThrows(
          IllegalArgumentException.class, () -> other.pack(product.weights, product.packed, 0, 1));
    }
  }
}
