package dev.gatun.vector.op;

import dev.gatun.cpuengine.scalar.ScalarKernels;
import dev.gatun.graph.op.Reduce;
import dev.gatun.testkit.Numbers;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Kernels that work on rows equal their scalar twins at every size. */
class RowTwinTest {
  private final ScalarKernels scalar = new ScalarKernels();

  @Test
  void normalizations() {
    var random = new Random(1);
    try (Arena arena = Arena.ofConfined()) {
      for (int columns : Numbers.SIZES) {
        int rows = 3;
        MemorySegment x = Numbers.normal(arena, random, rows * columns, 2);
        MemorySegment scale = Numbers.normal(arena, random, columns, 1);
        MemorySegment bias = Numbers.normal(arena, random, columns, 1);
        MemorySegment expected = arena.allocate(x.byteSize(), 64);
        MemorySegment actual = arena.allocate(x.byteSize(), 64);
        scalar.normalization().rms(x, 0, scale, 0, expected, 0, columns, 1e-5, 0, rows);
        VectorOps.normalization().rms(x, 0, scale, 0, actual, 0, columns, 1e-5, 0, rows);
        Numbers.same(expected, actual, rows * columns, 1e-6, 1e-5, "rms");
        for (MemorySegment shift : new MemorySegment[] {bias, null}) {
          scalar.normalization().layer(x, 0, scale, 0, shift, 0, expected, 0, columns, 1e-2, 0, 3);
          VectorOps.normalization()
              .layer(x, 0, scale, 0, shift, 0, actual, 0, columns, 1e-2, 0, rows);
          Numbers.same(expected, actual, rows * columns, 1e-5, 1e-5, "layer");
          MemorySegment same = Numbers.copy(arena, x);
          VectorOps.normalization()
              .layer(same, 0, scale, 0, shift, 0, same, 0, columns, 1e-2, 0, rows);
          Numbers.same(actual, same, rows * columns, 0, 0, "layer in place");
        }
      }
    }
  }

  @Test
  void softmax() {
    var random = new Random(2);
    try (Arena arena = Arena.ofConfined()) {
      for (int columns : Numbers.SIZES) {
        MemorySegment x = Numbers.normal(arena, random, 3 * columns, 5);
        Numbers.set(x, columns - 1, Float.NEGATIVE_INFINITY);
        Numbers.set(x, 2 * columns - 1, 60f);
        MemorySegment expected = arena.allocate(x.byteSize(), 64);
        MemorySegment actual = arena.allocate(x.byteSize(), 64);
        scalar.softmax().softmax(x, 0, expected, 0, columns, 0, 3);
        VectorOps.softmax().softmax(x, 0, actual, 0, columns, 0, 3);
        Numbers.same(expected, actual, 3 * columns, 1e-7, 2e-6, "softmax");
      }
    }
  }

  @Test
  void reductions() {
    var random = new Random(17);
    List<Reduce.Function> functions =
        List.of(
            Reduce.Function.SUM, Reduce.Function.MEAN, Reduce.Function.MAX, Reduce.Function.MIN);
    var kernel = new VectorRowReduction();
    try (Arena arena = Arena.ofConfined()) {
      for (int columns : Numbers.SIZES) {
        MemorySegment x = Numbers.normal(arena, random, 5 * columns, 1);
        for (Reduce.Function function : functions) {
          MemorySegment expected = Numbers.normal(arena, random, 5, 1);
          MemorySegment actual = Numbers.copy(arena, expected);
          scalar.rowReduction().reduce(function, x, 0, expected, 0, columns, 1, 4);
          kernel.reduce(function, x, 0, actual, 0, columns, 1, 4);
          String name = function + " of " + columns;
          Numbers.same(expected, actual, 5, 1e-6 * columns, 1e-6, name);
        }
      }
    }
  }

  @Test
  void rotary() {
    var random = new Random(3);
    try (Arena arena = Arena.ofConfined()) {
      for (int half = 1; half < 70; half++) {
        int rows = 2;
        int offset = half % 3;
        int headDim = 2 * half + offset + half % 5;
        int count = rows * 2 * headDim;
        MemorySegment x = Numbers.normal(arena, random, count, 1);
        MemorySegment table = Numbers.normal(arena, random, 2 * rows * half, 1);
        long sine = 4L * rows * half;
        for (boolean interleaved : new boolean[] {false, true}) {
          MemorySegment expected = arena.allocate(x.byteSize(), 64);
          MemorySegment actual = arena.allocate(x.byteSize(), 64);
          scalar
              .rotary()
              .rotate(
                  x,
                  0,
                  table,
                  0,
                  sine,
                  expected,
                  0,
                  2,
                  headDim,
                  offset,
                  2 * half,
                  interleaved,
                  0,
                  rows);
          VectorOps.rotary()
              .rotate(
                  x,
                  0,
                  table,
                  0,
                  sine,
                  actual,
                  0,
                  2,
                  headDim,
                  offset,
                  2 * half,
                  interleaved,
                  0,
                  rows);
          Numbers.same(expected, actual, count, 0, 0, "rotary " + interleaved);
          VectorOps.rotary()
              .rotate(x, 0, table, 0, sine, x, 0, 2, headDim, offset, 2 * half, interleaved, 0, 0);
          MemorySegment same = Numbers.copy(arena, x);
          VectorOps.rotary()
              .rotate(
                  same,
                  0,
                  table,
                  0,
                  sine,
                  same,
                  0,
                  2,
                  headDim,
                  offset,
                  2 * half,
                  interleaved,
                  0,
                  rows);
          Numbers.same(expected, same, count, 0, 0, "rotary in place " + interleaved);
        }
      }
    }
  }

  @Test
  void denseProducts() {
    var random = new Random(4);
    try (Arena arena = Arena.ofConfined()) {
      for (int size = 1; size < 80; size += 3) {
        int m = 1 + size % 7;
        int n = size;
        int k = 1 + (size * 5) % 67;
        MemorySegment a = Numbers.normal(arena, random, m * k, 1);
        MemorySegment b = Numbers.normal(arena, random, n * k, 1);
        for (boolean transposed : new boolean[] {false, true}) {
          MemorySegment expected = arena.allocate(4L * m * n, 64);
          MemorySegment actual = arena.allocate(4L * m * n, 64);
          scalar.denseMatMul().multiply(a, 0, b, 0, transposed, n, k, expected, 0, 0, m);
          VectorOps.denseMatMul().multiply(a, 0, b, 0, transposed, n, k, actual, 0, 0, m);
          Numbers.same(expected, actual, m * n, 2e-5, 1e-5, "product " + m + " " + n + " " + k);
        }
      }
    }
  }
}
