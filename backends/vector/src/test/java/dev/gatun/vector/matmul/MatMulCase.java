package dev.gatun.vector.matmul;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.cpuengine.kernel.MatMulKernel;
import dev.gatun.tensor.BlockFormat;
import dev.gatun.tensor.DType;
import dev.gatun.tensor.Shape;
import dev.gatun.tensor.Tensor;
import dev.gatun.vector.simd.Memory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Random;

/** One product, computed by a kernel and by a double-precision loop over decoded weights. */
final class MatMulCase {
  /** What the kernels must not write over. */
  private static final float GUARD = 12345.678f;

  final int n;
  final int k;
  final Tensor weights;
  final double[] decoded;
  final MatMulKernel kernel;
  final MemorySegment packed;
  private final Arena arena;

  MatMulCase(Arena arena, MatMulKernel kernel, DType dtype, int n, int k, long seed) {
    this.arena = arena;
    this.kernel = kernel;
    this.n = n;
    this.k = k;
    MemorySegment data = arena.allocate(n * dtype.byteSize(k), 64);
    RandomWeights.fill(dtype, data, new Random(seed));
    weights = new Tensor(dtype, Shape.of(n, k), data);
    decoded = new double[n * k];
    float[] row = new float[k];
    for (int i = 0; i < n; i++) {
      BlockFormat.of(dtype).decode(data, i * weights.rowBytes(), row, 0, k);
      for (int j = 0; j < k; j++) {
        decoded[i * k + j] = row[j];
      }
    }
    packed = arena.allocate(kernel.packedBytes(n, k), 64);
    packed.fill((byte) 0x5a);
    int tiles = tiles();
    kernel.pack(weights, packed, tiles / 2, tiles);
    kernel.pack(weights, packed, 0, tiles / 2);
  }

  int tiles() {
    return (n + kernel.tileRows() - 1) / kernel.tileRows();
  }

  MemorySegment activations(int m, long seed) {
    MemorySegment x = arena.allocate(4L * m * k, 64);
    Random random = new Random(seed);
    for (int i = 0; i < m * k; i++) {
      x.setAtIndex(Memory.F32, i, (float) random.nextGaussian());
    }
    return x;
  }

  /** Multiplies in pieces: rows prepared in two parts, tiles in ranges of {@code step}. */
  float[] multiply(MemorySegment x, int m, int step) {
    int stride = n + 3;
    MemorySegment y = arena.allocate(4L * m * stride + 64, 64);
    for (long i = 0; i < y.byteSize() / 4; i++) {
      y.setAtIndex(Memory.F32, i, GUARD);
    }
    MemorySegment prepared = arena.allocate(Math.max(64, kernel.preparedBytes(m, k)), 64);
    prepared.fill((byte) 0x5a);
    if (kernel.preparedBytes(m, k) > 0) {
      int middle = m / 2;
      kernel.prepare(x, 0, m, k, prepared, 0, middle, m);
      if (middle > 0) {
        kernel.prepare(x, 0, m, k, prepared, 0, 0, middle);
      }
    }
    MemorySegment scratch = arena.allocate(kernel.scratchBytes(m, n, k) + 64, 64);
    scratch.fill((byte) 0x5a);
    for (int tile = 0; tile < tiles(); tile += step) {
      kernel.multiply(
          packed,
          x,
          0,
          prepared,
          0,
          m,
          n,
          k,
          y,
          0,
          stride,
          tile,
          Math.min(tile + step, tiles()),
          scratch,
          0);
    }
    float[] result = new float[m * n];
    for (int i = 0; i < m; i++) {
      for (int j = 0; j < n; j++) {
        result[i * n + j] = y.getAtIndex(Memory.F32, (long) i * stride + j);
      }
      for (int j = n; j < stride; j++) {
        assertTrue(y.getAtIndex(Memory.F32, (long) i * stride + j) == GUARD, "wrote beyond a row");
      }
    }
    assertTrue(y.getAtIndex(Memory.F32, (long) m * stride) == GUARD, "wrote beyond Y");
    return result;
  }

  /**
   * Compares with the reference. The bounds are relative to what the rounding of a sum of k terms
   * is relative to, whatever its order.
   *
   * @param ofProducts the allowed share of the sum of magnitudes of the products
   * @param ofRange the allowed share of the sum of magnitudes of x, times the largest weight of the
   *     row: the streaming kernels multiply weights with an offset and correct for it afterwards
   */
  void check(MemorySegment x, int m, float[] actual, double ofProducts, double ofRange) {
    for (int i = 0; i < m; i++) {
      for (int j = 0; j < n; j++) {
        double sum = 0;
        double magnitude = 0;
        double range = 0;
        double largest = 0;
        for (int c = 0; c < k; c++) {
          double w = decoded[j * k + c];
          double v = x.getAtIndex(Memory.F32, (long) i * k + c);
          sum += w * v;
          magnitude += Math.abs(w * v);
          range += Math.abs(v);
          largest = Math.max(largest, Math.abs(w));
        }
        double error = Math.abs(actual[i * n + j] - sum);
        assertTrue(
            error <= ofProducts * magnitude + ofRange * largest * range + 1e-30,
            () -> kernel.name() + " m=" + m + " n=" + n + " k=" + k + ": error " + error);
      }
    }
  }
}
