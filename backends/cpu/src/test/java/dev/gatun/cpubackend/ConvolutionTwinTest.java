package dev.gatun.cpubackend;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.gatun.cpuengine.kernel.Convolution;
import dev.gatun.cpuengine.kernel.Convolution.Piece;
import dev.gatun.cpuengine.kernel.ConvolutionKernel;
import dev.gatun.cpuengine.kernel.Finish;
import dev.gatun.cpuengine.kernel.KernelSet;
import dev.gatun.cpuengine.kernel.WindowGeometry;
import dev.gatun.cpuengine.scalar.ScalarKernels;
import dev.gatun.engine.finish.FinishPart;
import dev.gatun.engine.finish.FinishPart.Curve;
import dev.gatun.graph.op.Binary;
import dev.gatun.graph.op.Unary;
import dev.gatun.testkit.Numbers;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Convolutions equal their scalar twin at every instruction set, whole and in pieces, bit by bit
 * the same in both. What lies around x and behind working memory is NaN.
 */
class ConvolutionTwinTest {
  private static final int MARGIN = 80;
  private static final ConvolutionKernel SCALAR = new ScalarKernels().convolution();
  private static final Curve SWISH = new Curve(1, 3, 0, 6, true, 1 / 6f, -0f);
  private static final Curve BOUNDED = new Curve(0.5f, 0.25f, -0.5f, 0.75f, false, 2, 1);

  static List<KernelSet> sets() {
    return Library.alone();
  }

  /** Random numbers between margins of NaN. */
  private record Values(MemorySegment memory, int count) {
    static Values random(Arena arena, Random random, int count, double scale) {
      MemorySegment memory = Numbers.normal(arena, random, count + 2 * MARGIN, scale);
      for (int i = 0; i < MARGIN; i++) {
        Numbers.set(memory, i, Float.NaN);
        Numbers.set(memory, count + MARGIN + i, Float.NaN);
      }
      return new Values(memory, count);
    }

    long at() {
      return 4L * MARGIN;
    }

    MemorySegment content() {
      return memory.asSlice(at(), 4L * count);
    }
  }

  private static WindowGeometry geometry(Random random, int rank, boolean depthwise) {
    var g = new WindowGeometry();
    boolean square = random.nextBoolean();
    for (int axis = 3 - rank; axis < 3; axis++) {
      g.kernel[axis] = square && axis == 2 ? g.kernel[1] : 1 + random.nextInt(5);
      g.stride[axis] = square ? 1 : 1 + random.nextInt(3);
      g.dilation[axis] = square ? 1 : 1 + random.nextInt(2);
      int span = (g.kernel[axis] - 1) * g.dilation[axis] + 1;
      g.before[axis] = random.nextInt(span);
      int after = random.nextInt(span);
      int most = axis == 2 ? 90 : depthwise ? 12 : 6;
      g.in[axis] = Math.max(1, span - g.before[axis] - after) + random.nextInt(most);
      g.out[axis] = (g.in[axis] + g.before[axis] + after - span) / g.stride[axis] + 1;
    }
    return g;
  }

  private static Finish finish(Random random, Values other) {
    FinishPart sum = new FinishPart.Other(Binary.Function.ADD, false, 0);
    FinishPart difference = new FinishPart.Other(Binary.Function.SUB, true, 0);
    List<FinishPart> parts =
        switch (random.nextInt(5)) {
          case 0 -> List.of();
          case 1 -> List.of(SWISH);
          case 2 -> List.of(BOUNDED, sum);
          case 3 -> List.of(new FinishPart.Function(Unary.Function.SILU), difference, SWISH);
          default -> List.of(difference);
        };
    return new Finish(parts, new MemorySegment[] {other.memory()}, new long[] {other.at()});
  }

  private static void compare(
      KernelSet set, Arena arena, Random random, WindowGeometry g, boolean depthwise) {
    int groups = depthwise ? 1 + random.nextInt(4) : 1;
    int in = depthwise ? 1 : 1 + random.nextInt(9);
    int out = depthwise ? 1 + random.nextInt(2) : 1 + random.nextInt(30);
    int depth = in * g.taps();
    int results = groups * out * g.outSize();
    Values x = Values.random(arena, random, groups * in * g.inSize(), 1);
    Values weights = Values.random(arena, random, groups * out * depth, 1 / Math.sqrt(depth));
    Values bias = Values.random(arena, random, groups * out, 1);
    Values other = Values.random(arena, random, results, 1);
    Values expected = Values.random(arena, random, results, 1);
    Values whole = Values.random(arena, random, results, 1);
    Values pieces = Values.random(arena, random, results, 1);
    Finish finish = finish(random, other);
    ConvolutionKernel kernel = set.convolution();
    MemorySegment packed = Numbers.copy(arena, weights.memory());
    if (!depthwise) {
      kernel.pack(weights.memory(), weights.at(), out, depth, packed, weights.at());
    }
    int parts = finish.parts().size();
    long needed = kernel.scratchBytes(g, in, g.out[1], g.out[2], parts);
    Values scratch = Values.random(arena, random, (int) (needed / 4) + 1, 1e30);
    Convolution twin =
        convolution(g, in, out, depthwise, x, weights.memory(), bias, expected, finish);
    Convolution first = convolution(g, in, out, depthwise, x, packed, bias, whole, finish);
    Convolution second = convolution(g, in, out, depthwise, x, packed, bias, pieces, finish);
    int channels = groups * out;
    for (int plane = 0; plane < g.out[0]; plane++) {
      var all = new Piece(plane, 0, g.out[1], 0, g.out[2], 0, channels);
      SCALAR.convolve(twin, all, MemorySegment.NULL, 0);
      kernel.convolve(first, all, scratch.memory(), scratch.at());
      int rows = g.out[1] > 1 ? 1 + random.nextInt(g.out[1]) : 1;
      int columns = g.out[1] > 1 ? g.out[2] : 1 + random.nextInt(g.out[2]);
      for (int row = 0; row < g.out[1]; row += rows) {
        for (int column = 0; column < g.out[2]; column += columns) {
          int toRow = Math.min(g.out[1], row + rows);
          int toColumn = Math.min(g.out[2], column + columns);
          for (int c = 0; c < channels; c += ConvolutionKernel.CHANNELS) {
            int toChannel = Math.min(channels, c + ConvolutionKernel.CHANNELS);
            var piece = new Piece(plane, row, toRow, column, toColumn, c, toChannel);
            kernel.convolve(second, piece, scratch.memory(), scratch.at());
          }
        }
      }
    }
    String what = set.name() + " " + groups + "x" + in + "x" + out + " " + finish.parts();
    Numbers.same(expected.content(), whole.content(), results, 2e-5, 2e-5, what);
    assertEquals(-1, whole.content().mismatch(pieces.content()), what);
    for (int i = 0; i < MARGIN; i++) {
      assertEquals(Float.NaN, Numbers.get(whole.memory(), i), what);
      assertEquals(Float.NaN, Numbers.get(whole.memory(), results + MARGIN + i), what);
      assertEquals(Float.NaN, Numbers.get(scratch.memory(), scratch.count() + MARGIN + i), what);
    }
  }

  private static Convolution convolution(
      WindowGeometry g,
      int in,
      int out,
      boolean depthwise,
      Values x,
      MemorySegment weights,
      Values bias,
      Values y,
      Finish finish) {
    return new Convolution(
        g,
        in,
        out,
        depthwise,
        x.memory(),
        x.at(),
        weights,
        4L * MARGIN,
        bias.memory(),
        bias.at(),
        y.memory(),
        y.at(),
        finish);
  }

  @ParameterizedTest
  @MethodSource("sets")
  void windows(KernelSet set) {
    var random = new Random(11);
    for (int round = 0; round < 150; round++) {
      try (Arena arena = Arena.ofConfined()) {
        int rank = 1 + random.nextInt(3);
        compare(set, arena, random, geometry(random, rank, false), false);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("sets")
  void depthwise(KernelSet set) {
    var random = new Random(12);
    for (int round = 0; round < 150; round++) {
      try (Arena arena = Arena.ofConfined()) {
        compare(set, arena, random, geometry(random, 1 + random.nextInt(2), true), true);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("sets")
  void rowsAsTheyLie(KernelSet set) {
    var random = new Random(13);
    for (int pixels = 1; pixels < 150; pixels++) {
      try (Arena arena = Arena.ofConfined()) {
        var g = new WindowGeometry();
        g.in[2] = pixels;
        g.out[2] = pixels;
        compare(set, arena, random, g, false);
      }
    }
  }
}
