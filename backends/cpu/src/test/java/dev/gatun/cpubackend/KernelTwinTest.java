package dev.gatun.cpubackend;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.gatun.cpuengine.kernel.AttentionKernels;
import dev.gatun.cpuengine.kernel.KernelSet;
import dev.gatun.cpuengine.scalar.ScalarKernels;
import dev.gatun.graph.op.Binary;
import dev.gatun.graph.op.Reduce;
import dev.gatun.graph.op.Unary;
import dev.gatun.tensor.DType;
import dev.gatun.testkit.Numbers;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** All kernels but products equal their scalar twins, at every instruction set and size. */
class KernelTwinTest {
  private static final int TILE = AttentionKernels.TILE;

  private final KernelSet scalar = new ScalarKernels();

  static List<KernelSet> sets() {
    return Library.alone();
  }

  @ParameterizedTest
  @MethodSource("sets")
  void unaryAndGated(KernelSet set) {
    var random = new Random(1);
    try (Arena arena = Arena.ofConfined()) {
      for (int count : Numbers.SIZES) {
        MemorySegment x = Numbers.normal(arena, random, count, 3);
        MemorySegment up = Numbers.normal(arena, random, count, 2);
        MemorySegment expected = arena.allocate(x.byteSize(), 64);
        MemorySegment actual = arena.allocate(x.byteSize(), 64);
        for (Unary.Function function : Unary.Function.values()) {
          scalar.elementwise().unary(function, x, 0, expected, 0, count);
          set.elementwise().unary(function, x, 0, actual, 0, count);
          Numbers.same(expected, actual, count, 1e-6, 1e-6, function.name());
          scalar.elementwise().gated(function, x, 0, up, 0, expected, 0, count);
          set.elementwise().gated(function, x, 0, up, 0, actual, 0, count);
          Numbers.same(expected, actual, count, 1e-6, 1e-6, "gated " + function);
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("sets")
  void productsWithStrides(KernelSet set) {
    var random = new Random(5);
    try (Arena arena = Arena.ofConfined()) {
      for (int n : List.of(1, 3, 15, 16, 17, 33, 64, 65, 130, 515)) {
        for (int m : List.of(1, 2, 5, 7, 13)) {
          int k = 1 + random.nextInt(20);
          // Rows of B overlap where the stride is 1.
          for (int stride : List.of(1, n + 3)) {
            MemorySegment a = Numbers.normal(arena, random, m * (k + 2), 1);
            MemorySegment b = Numbers.normal(arena, random, (k - 1) * stride + n, 1);
            MemorySegment expected = Numbers.normal(arena, random, m * (n + 1), 1);
            MemorySegment actual = arena.allocate(expected.byteSize(), 64).copyFrom(expected);
            for (boolean add : List.of(false, true)) {
              String name = "n %d, m %d, k %d, stride %d".formatted(n, m, k, stride);
              scalar
                  .denseMatMul()
                  .product(a, 0, k + 2, b, 0, stride, expected, 0, n + 1, m, n, k, add);
              set.denseMatMul().product(a, 0, k + 2, b, 0, stride, actual, 0, n + 1, m, n, k, add);
              Numbers.same(expected, actual, m * (n + 1) - 1, 1e-5, 1e-5, name);
            }
          }
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("sets")
  void extremes(KernelSet set) {
    float[] values = {
      0,
      -0f,
      1e-30f,
      -1e-30f,
      90,
      -90,
      200,
      -200,
      1e30f,
      -1e30f,
      88.7f,
      -87.4f,
      -100,
      0.62f,
      Float.POSITIVE_INFINITY,
      Float.NEGATIVE_INFINITY,
      Float.NaN
    };
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment x = arena.allocateFrom(ValueLayout.JAVA_FLOAT, values);
      MemorySegment expected = arena.allocate(x.byteSize(), 64);
      MemorySegment actual = arena.allocate(x.byteSize(), 64);
      for (Unary.Function function : Unary.Function.values()) {
        scalar.elementwise().unary(function, x, 0, expected, 0, values.length);
        set.elementwise().unary(function, x, 0, actual, 0, values.length);
        Numbers.same(expected, actual, values.length, 1e-37, 1e-5, function + " " + set.name());
      }
    }
  }

  @ParameterizedTest
  @MethodSource("sets")
  void binary(KernelSet set) {
    var random = new Random(2);
    try (Arena arena = Arena.ofConfined()) {
      for (int count : Numbers.SIZES) {
        MemorySegment a = Numbers.normal(arena, random, count, 3);
        MemorySegment b = Numbers.normal(arena, random, count, 2);
        MemorySegment expected = arena.allocate(a.byteSize(), 64);
        MemorySegment actual = arena.allocate(a.byteSize(), 64);
        for (Binary.Function function : Binary.Function.values()) {
          scalar.elementwise().binary(function, a, 0, b, 0, expected, 0, count);
          set.elementwise().binary(function, a, 0, b, 0, actual, 0, count);
          Numbers.same(expected, actual, count, 0, 0, function.name());
          for (boolean reversed : new boolean[] {false, true}) {
            scalar.elementwise().binaryScalar(function, a, 0, 0.7f, reversed, expected, 0, count);
            set.elementwise().binaryScalar(function, a, 0, 0.7f, reversed, actual, 0, count);
            Numbers.same(expected, actual, count, 0, 0, function + " " + reversed);
          }
        }
        MemorySegment same = Numbers.copy(arena, b);
        scalar.elementwise().addScaled(a, 0, 0.3f, b, 0, count);
        set.elementwise().addScaled(a, 0, 0.3f, same, 0, count);
        Numbers.same(b, same, count, 0, 0, "addScaled");
      }
    }
  }

  @ParameterizedTest
  @MethodSource("sets")
  void rows(KernelSet set) {
    var random = new Random(3);
    try (Arena arena = Arena.ofConfined()) {
      for (int columns : Numbers.SIZES) {
        int count = 3 * columns;
        MemorySegment x = Numbers.normal(arena, random, count, 2);
        MemorySegment scale = Numbers.normal(arena, random, columns, 1);
        MemorySegment expected = arena.allocate(x.byteSize(), 64);
        MemorySegment actual = arena.allocate(x.byteSize(), 64);
        scalar.normalization().rms(x, 0, scale, 0, expected, 0, columns, 1e-5, 0, 3);
        set.normalization().rms(x, 0, scale, 0, actual, 0, columns, 1e-5, 0, 3);
        Numbers.same(expected, actual, count, 1e-6, 1e-6, "rms");
        MemorySegment bias = Numbers.normal(arena, random, columns, 1);
        for (MemorySegment added : new MemorySegment[] {bias, null}) {
          scalar.normalization().layer(x, 0, scale, 0, added, 0, expected, 0, columns, 1e-5, 0, 3);
          set.normalization().layer(x, 0, scale, 0, added, 0, actual, 0, columns, 1e-5, 0, 3);
          Numbers.same(expected, actual, count, 1e-6, 1e-6, "layer");
        }
        Numbers.set(x, columns - 1, Float.NEGATIVE_INFINITY);
        Numbers.set(x, 2L * columns - 1, 60f);
        scalar.softmax().softmax(x, 0, expected, 0, columns, 0, 3);
        set.softmax().softmax(x, 0, actual, 0, columns, 0, 3);
        Numbers.same(expected, actual, count, 1e-7, 2e-6, "softmax");
      }
    }
  }

  @ParameterizedTest
  @MethodSource("sets")
  void reductionsOfRows(KernelSet set) {
    var random = new Random(17);
    List<Reduce.Function> functions =
        List.of(
            Reduce.Function.SUM, Reduce.Function.MEAN, Reduce.Function.MAX, Reduce.Function.MIN);
    try (Arena arena = Arena.ofConfined()) {
      for (int columns : Numbers.SIZES) {
        MemorySegment x = Numbers.normal(arena, random, 5 * columns, 1);
        for (Reduce.Function function : functions) {
          MemorySegment expected = Numbers.normal(arena, random, 5, 1);
          MemorySegment actual = Numbers.copy(arena, expected);
          // Two ranges; the last row is left alone.
          for (int from : List.of(0, 3)) {
            int to = from == 0 ? 3 : 4;
            scalar.rowReduction().reduce(function, x, 0, expected, 0, columns, from, to);
            set.rowReduction().reduce(function, x, 0, actual, 0, columns, from, to);
          }
          String name = function + " of " + columns;
          Numbers.same(expected, actual, 5, 1e-6 * columns, 1e-6, name);
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("sets")
  void rotary(KernelSet set) {
    var random = new Random(4);
    try (Arena arena = Arena.ofConfined()) {
      for (int half = 1; half < 70; half++) {
        int offset = half % 3;
        int dim = 2 * half + offset + half % 5;
        int count = 2 * 2 * dim;
        MemorySegment x = Numbers.normal(arena, random, count, 1);
        MemorySegment table = Numbers.normal(arena, random, 4 * half, 1);
        for (boolean pairs : new boolean[] {false, true}) {
          MemorySegment expected = arena.allocate(x.byteSize(), 64);
          MemorySegment actual = arena.allocate(x.byteSize(), 64);
          MemorySegment same = Numbers.copy(arena, x);
          turn(scalar, x, table, expected, dim, offset, half, pairs);
          turn(set, x, table, actual, dim, offset, half, pairs);
          turn(set, same, table, same, dim, offset, half, pairs);
          Numbers.same(expected, actual, count, 0, 0, "rotary " + pairs);
          Numbers.same(expected, same, count, 0, 0, "rotary in place " + pairs);
        }
      }
    }
  }

  private static void turn(
      KernelSet set,
      MemorySegment x,
      MemorySegment table,
      MemorySegment y,
      int dim,
      int offset,
      int half,
      boolean pairs) {
    long sine = 4L * 2 * half;
    set.rotary().rotate(x, 0, table, 0, sine, y, 0, 2, dim, offset, 2 * half, pairs, 0, 2);
  }

  @ParameterizedTest
  @MethodSource("sets")
  void storesAndLoads(KernelSet set) {
    var random = new Random(5);
    try (Arena arena = Arena.ofConfined()) {
      for (int dim : new int[] {1, 3, 16, 24, 33, 64, 80, 128}) {
        MemorySegment x = Numbers.normal(arena, random, TILE * dim, 2);
        Numbers.set(x, 0, 1e-6f);
        Numbers.set(x, dim / 2, 1e6f);
        for (DType dtype : List.of(DType.F32, DType.F16, DType.Q8_0)) {
          long bytes = AttentionKernels.tileBytes(dtype, dim);
          for (boolean keys : new boolean[] {true, false}) {
            MemorySegment expected = arena.allocate(bytes, 64);
            MemorySegment actual = arena.allocate(bytes, 64);
            for (int slot = 0; slot < TILE; slot++) {
              store(scalar.attention(), keys, dtype, x, slot, dim, expected);
              store(set.attention(), keys, dtype, x, slot, dim, actual);
            }
            assertEquals(-1, expected.mismatch(actual), dtype + " " + dim + " " + keys);
            if (dtype != DType.F32) {
              MemorySegment decoded = arena.allocate(4L * TILE * dim, 64);
              MemorySegment again = arena.allocate(4L * TILE * dim, 64);
              load(scalar.attention(), keys, dtype, expected, dim, decoded);
              load(set.attention(), keys, dtype, expected, dim, again);
              Numbers.same(decoded, again, TILE * dim, 0, 0, "load " + keys);
            }
          }
        }
      }
    }
  }

  private static void store(
      AttentionKernels kernels,
      boolean keys,
      DType dtype,
      MemorySegment x,
      int slot,
      int dim,
      MemorySegment tile) {
    if (keys) {
      kernels.storeKey(dtype, x, 4L * slot * dim, dim, tile, 0, slot);
    } else {
      kernels.storeValue(dtype, x, 4L * slot * dim, dim, tile, 0, slot);
    }
  }

  private static void load(
      AttentionKernels kernels,
      boolean keys,
      DType dtype,
      MemorySegment tile,
      int dim,
      MemorySegment y) {
    if (keys) {
      kernels.loadKeys(dtype, tile, 0, dim, y, 0);
    } else {
      kernels.loadValues(dtype, tile, 0, dim, y, 0);
    }
  }

  /** Every half turns into the float that it is, and back. */
  @ParameterizedTest
  @MethodSource("sets")
  void allHalves(KernelSet set) {
    try (Arena arena = Arena.ofConfined()) {
      int dim = (1 << 16) / TILE;
      MemorySegment halves = arena.allocate(2L << 16, 64);
      for (int i = 0; i < 1 << 16; i++) {
        halves.setAtIndex(ValueLayout.JAVA_SHORT, i, (short) i);
      }
      MemorySegment floats = arena.allocate(4L << 16, 64);
      set.attention().loadValues(DType.F16, halves, 0, dim, floats, 0);
      for (int i = 0; i < 1 << 16; i++) {
        assertEquals(Float.float16ToFloat((short) i), Numbers.get(floats, i));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("sets")
  void capsAndViews(KernelSet set) {
    var random = new Random(8);
    try (Arena arena = Arena.ofConfined()) {
      for (int count : Numbers.SIZES) {
        MemorySegment s = Numbers.normal(arena, random, count, 20);
        MemorySegment t = Numbers.copy(arena, s);
        scalar.attention().softcap(s, 0, count, 30);
        set.attention().softcap(t, 0, count, 30);
        Numbers.same(s, t, count, 1e-5, 1e-6, "softcap");
      }
      for (int dim : new int[] {1, 16, 37}) {
        MemorySegment weights = Numbers.normal(arena, random, 3 * TILE, 1);
        MemorySegment keys = Numbers.normal(arena, random, dim * TILE, 1);
        MemorySegment sums = Numbers.normal(arena, random, 3 * dim, 1);
        MemorySegment other = Numbers.copy(arena, sums);
        scalar.attention().accumulateKeys(weights, 0, 3, keys, 0, dim, sums, 0);
        set.attention().accumulateKeys(weights, 0, 3, keys, 0, dim, other, 0);
        Numbers.same(sums, other, 3 * dim, 3e-5, 1e-5, "sums of keys");
      }
    }
  }

  @ParameterizedTest
  @MethodSource("sets")
  void dense(KernelSet set) {
    var random = new Random(9);
    try (Arena arena = Arena.ofConfined()) {
      for (int[] size :
          new int[][] {{1, 1, 1}, {3, 5, 7}, {7, 64, 300}, {9, 70, 513}, {6, 33, 4}}) {
        int m = size[0];
        int n = size[1];
        int k = size[2];
        MemorySegment a = Numbers.normal(arena, random, m * k, 1);
        MemorySegment b = Numbers.normal(arena, random, k * n, 1);
        MemorySegment expected = arena.allocate(4L * m * n, 64);
        MemorySegment actual = arena.allocate(4L * m * n, 64);
        for (boolean transposed : new boolean[] {false, true}) {
          scalar.denseMatMul().multiply(a, 0, b, 0, transposed, n, k, expected, 0, 0, m);
          set.denseMatMul().multiply(a, 0, b, 0, transposed, n, k, actual, 0, 0, 1);
          set.denseMatMul().multiply(a, 0, b, 0, transposed, n, k, actual, 0, 1, m);
          Numbers.same(expected, actual, m * n, 1e-4, 1e-5, "dense " + transposed);
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("sets")
  void scoresAndSums(KernelSet set) {
    var random = new Random(6);
    try (Arena arena = Arena.ofConfined()) {
      for (int dim : new int[] {1, 5, 16, 24, 64, 72, 100, 128}) {
        for (int queries = 1; queries < 10; queries++) {
          MemorySegment q = Numbers.normal(arena, random, queries * dim, 1);
          MemorySegment keys = Numbers.normal(arena, random, dim * TILE, 1);
          MemorySegment s = arena.allocate(4L * queries * TILE, 64);
          MemorySegment t = arena.allocate(4L * queries * TILE, 64);
          scalar.attention().scores(q, 0, queries, keys, 0, dim, s, 0);
          set.attention().scores(q, 0, queries, keys, 0, dim, t, 0);
          Numbers.same(s, t, queries * TILE, 3e-5, 1e-5, "scores");
          MemorySegment sums = Numbers.normal(arena, random, queries * dim, 1);
          MemorySegment other = Numbers.copy(arena, sums);
          scalar.attention().accumulate(s, 0, queries, keys, 0, dim, 2, 61, sums, 0);
          set.attention().accumulate(s, 0, queries, keys, 0, dim, 2, 61, other, 0);
          Numbers.same(sums, other, queries * dim, 2e-3, 1e-5, "sums");
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("sets")
  void weights(KernelSet set) {
    var random = new Random(7);
    try (Arena arena = Arena.ofConfined()) {
      int dim = 37;
      int[][] ranges = {{0, 64}, {0, 1}, {5, 9}, {63, 64}, {0, 0}, {10, 64}, {20, 3}, {0, -5}};
      for (int[] range : ranges) {
        for (float before : new float[] {Float.NEGATIVE_INFINITY, -3, 0, 40}) {
          MemorySegment s = Numbers.normal(arena, random, TILE, 4);
          Numbers.set(s, 7, Float.NEGATIVE_INFINITY);
          MemorySegment t = Numbers.copy(arena, s);
          MemorySegment stats = arena.allocate(8, 64);
          Numbers.set(stats, 0, before);
          Numbers.set(stats, 1, 1.5f);
          MemorySegment otherStats = Numbers.copy(arena, stats);
          MemorySegment sums = Numbers.normal(arena, random, dim, 1);
          MemorySegment otherSums = Numbers.copy(arena, sums);
          scalar.attention().weigh(s, 0, range[0], range[1], stats, 0, sums, 0, dim);
          set.attention().weigh(t, 0, range[0], range[1], otherStats, 0, otherSums, 0, dim);
          Numbers.same(s, t, TILE, 1e-7, 1e-6, "weights");
          Numbers.same(stats, otherStats, 2, 1e-6, 1e-6, "statistics");
          Numbers.same(sums, otherSums, dim, 1e-7, 1e-6, "sums");
        }
      }
    }
  }
}
