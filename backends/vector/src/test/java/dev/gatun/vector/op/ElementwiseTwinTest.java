package dev.gatun.vector.op;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.gatun.cpuengine.kernel.ElementwiseKernels;
import dev.gatun.cpuengine.scalar.ScalarKernels;
import dev.gatun.graph.op.Binary;
import dev.gatun.graph.op.Unary;
import dev.gatun.testkit.Numbers;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Vectorised functions equal their scalar twins at every size. */
class ElementwiseTwinTest {
  private static final float[] EDGES = {
    0f,
    -0f,
    1f,
    -1f,
    1e-20f,
    -1e-20f,
    0.62f,
    0.63f,
    -0.63f,
    1.41f,
    1.42f,
    5f,
    -5f,
    17f,
    -17f,
    60f,
    -60f,
    88f,
    88.5f,
    88.72f,
    89f,
    -87f,
    -88f,
    -100f,
    1e6f,
    -1e6f,
    1e30f,
    -1e30f,
    Float.NaN,
    Float.POSITIVE_INFINITY,
    Float.NEGATIVE_INFINITY,
    Float.MIN_VALUE,
    Float.MAX_VALUE
  };

  private final ElementwiseKernels scalar = new ScalarKernels().elementwise();
  private final ElementwiseKernels vector = VectorOps.elementwise();

  @ParameterizedTest
  @EnumSource
  void unary(Unary.Function function) {
    var random = new Random(1);
    try (Arena arena = Arena.ofConfined()) {
      for (int count : Numbers.SIZES) {
        MemorySegment x = Numbers.normal(arena, random, count, 3);
        check(function, arena, x, count);
      }
      // Each edge in the vector body and in the tail.
      int count = EDGES.length * 33 + 5;
      MemorySegment x = Numbers.normal(arena, random, count, 1);
      for (int i = 0; i < count; i++) {
        Numbers.set(x, i, EDGES[i % EDGES.length]);
      }
      check(function, arena, x, count);
    }
  }

  private void check(Unary.Function function, Arena arena, MemorySegment x, int count) {
    MemorySegment expected = arena.allocate(x.byteSize(), 64);
    MemorySegment actual = arena.allocate(x.byteSize(), 64);
    scalar.unary(function, x, 0, expected, 0, count);
    vector.unary(function, x, 0, actual, 0, count);
    // Below the smallest normal number, results are 0.
    Numbers.same(expected, actual, count, 2e-7, 5e-7, function.name());
    MemorySegment shifted = Numbers.copy(arena, x);
    vector.unary(function, shifted, 0, shifted, 0, count);
    Numbers.same(actual, shifted, count, 0, 0, function + " in place");
  }

  /** A number's result is the same in the vector body and in the tail. */
  @ParameterizedTest
  @EnumSource
  void sameEverywhere(Unary.Function function) {
    var random = new Random(2);
    try (Arena arena = Arena.ofConfined()) {
      int count = 64;
      MemorySegment x = Numbers.normal(arena, random, count, 4);
      MemorySegment whole = arena.allocate(x.byteSize(), 64);
      vector.unary(function, x, 0, whole, 0, count);
      MemorySegment single = arena.allocate(x.byteSize(), 64);
      for (int i = 0; i < count; i++) {
        vector.unary(function, x, 4L * i, single, 4L * i, 1);
      }
      Numbers.same(whole, single, count, 0, 0, function.name());
    }
  }

  @ParameterizedTest
  @EnumSource
  void binary(Binary.Function function) {
    var random = new Random(3);
    try (Arena arena = Arena.ofConfined()) {
      for (int count : Numbers.SIZES) {
        MemorySegment a = Numbers.normal(arena, random, count, 3);
        MemorySegment b = Numbers.normal(arena, random, count, 2);
        MemorySegment expected = arena.allocate(a.byteSize(), 64);
        MemorySegment actual = arena.allocate(a.byteSize(), 64);
        scalar.binary(function, a, 0, b, 0, expected, 0, count);
        vector.binary(function, a, 0, b, 0, actual, 0, count);
        Numbers.same(expected, actual, count, 0, 1e-7, function.name());
        for (boolean reversed : new boolean[] {false, true}) {
          scalar.binaryScalar(function, a, 0, 1.7f, reversed, expected, 0, count);
          vector.binaryScalar(function, a, 0, 1.7f, reversed, actual, 0, count);
          Numbers.same(expected, actual, count, 0, 1e-7, function + " " + reversed);
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void gated(Unary.Function activation) {
    var random = new Random(4);
    try (Arena arena = Arena.ofConfined()) {
      for (int count : Numbers.SIZES) {
        MemorySegment gate = Numbers.normal(arena, random, count, 3);
        MemorySegment up = Numbers.normal(arena, random, count, 2);
        MemorySegment expected = arena.allocate(gate.byteSize(), 64);
        MemorySegment actual = arena.allocate(gate.byteSize(), 64);
        scalar.gated(activation, gate, 0, up, 0, expected, 0, count);
        vector.gated(activation, gate, 0, up, 0, actual, 0, count);
        Numbers.same(expected, actual, count, 1e-6, 1e-6, activation.name());
        vector.gated(activation, gate, 0, up, 0, gate, 0, count);
        Numbers.same(actual, gate, count, 0, 0, activation + " over the gate");
      }
    }
  }

  @Test
  void addScaled() {
    var random = new Random(5);
    try (Arena arena = Arena.ofConfined()) {
      for (int count : Numbers.SIZES) {
        MemorySegment x = Numbers.normal(arena, random, count, 3);
        MemorySegment expected = Numbers.normal(arena, random, count, 2);
        MemorySegment actual = Numbers.copy(arena, expected);
        scalar.addScaled(x, 0, 0.3f, expected, 0, count);
        vector.addScaled(x, 0, 0.3f, actual, 0, count);
        Numbers.same(expected, actual, count, 0, 0, "addScaled");
      }
    }
  }

  /** The exponential function is within 2 units in the last place over its range. */
  @Test
  void exponentialIsAccurate() {
    double worst = 0;
    for (double x = -87.3; x < 88.7; x += 0.0013) {
      double exact = Math.exp((float) x);
      worst = Math.max(worst, Math.abs(Exp.exp((float) x) - exact) / Math.ulp((float) exact));
    }
    assertEquals(0, worst, 2);
  }
}
