package dev.gatun.vector.op;

import dev.gatun.cpuengine.kernel.Convolution;
import dev.gatun.cpuengine.kernel.ConvolutionKernel;
import dev.gatun.cpuengine.kernel.Finish;
import dev.gatun.cpuengine.kernel.WindowGeometry;
import dev.gatun.cpuengine.scalar.ScalarKernels;
import dev.gatun.engine.finish.FinishPart;
import dev.gatun.graph.op.Binary;
import dev.gatun.graph.op.Reduce;
import dev.gatun.graph.op.Unary;
import dev.gatun.testkit.Numbers;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Convolutions, and reductions of rows, equal their scalar twins at every width of a row. */
class ConvolutionTwinTest {
  private static final ScalarKernels SCALAR = new ScalarKernels();
  private static final List<FinishPart> PARTS =
      List.of(
          new FinishPart.Curve(1, 3, 0, 6, true, 1 / 6f, -0f),
          new FinishPart.Other(Binary.Function.ADD, false, 0),
          new FinishPart.Function(Unary.Function.SIGMOID),
          new FinishPart.Curve(2, -1, -0.5f, 0.5f, false, 3, 1));

  private final Random random = new Random(5);

  private static WindowGeometry plane(int width, int kernel, int stride) {
    var g = new WindowGeometry();
    for (int axis = 1; axis < 3; axis++) {
      g.in[axis] = axis == 1 ? 7 : width;
      g.kernel[axis] = kernel;
      g.stride[axis] = stride;
      g.before[axis] = kernel / 2;
      g.out[axis] = (g.in[axis] + kernel / 2 * 2 - kernel) / stride + 1;
    }
    return g;
  }

  private static WindowGeometry row(int width) {
    var g = new WindowGeometry();
    g.in[2] = width;
    g.out[2] = width;
    return g;
  }

  private void compare(WindowGeometry g, int channels, boolean depthwise, int parts) {
    int in = depthwise ? 1 : 3;
    int groups = depthwise ? channels : 1;
    int out = depthwise ? 1 : channels;
    int count = channels * g.outSize();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment x = Numbers.normal(arena, random, groups * in * g.inSize(), 1);
      MemorySegment weights = Numbers.normal(arena, random, channels * in * g.taps(), 0.3);
      MemorySegment bias = Numbers.normal(arena, random, channels, 1);
      MemorySegment other = Numbers.normal(arena, random, count, 1);
      var finish = new Finish(PARTS.subList(0, parts), new MemorySegment[] {other}, new long[] {0});
      var whole = new Convolution.Piece(0, 0, g.out[1], 0, g.out[2], 0, channels);
      MemorySegment expected = arena.allocate(4L * count, 64);
      MemorySegment actual = arena.allocate(4L * count, 64);
      for (boolean twin : new boolean[] {true, false}) {
        ConvolutionKernel kernel = twin ? SCALAR.convolution() : VectorOps.convolution();
        MemorySegment y = twin ? expected : actual;
        MemorySegment packed = Numbers.copy(arena, weights);
        if (!depthwise) {
          kernel.pack(weights, 0, out, in * g.taps(), packed, 0);
        }
        MemorySegment scratch =
            arena.allocate(kernel.scratchBytes(g, in, g.out[1], g.out[2], parts) + 4, 64);
        var convolution =
            new Convolution(g, in, out, depthwise, x, 0, packed, 0, bias, 0, y, 0, finish);
        kernel.convolve(convolution, whole, scratch, 0);
      }
      String what = g.out[2] + " columns, " + channels + " channels, " + g.taps() + " taps";
      Numbers.same(expected, actual, count, 2e-5, 2e-5, what);
    }
  }

  @Test
  void convolutions() {
    for (int width = 1; width < 140; width++) {
      for (int stride = 1; stride <= 3; stride++) {
        compare(plane(width, 3, stride), 1 + width % 14, false, width % 5);
        compare(plane(width, 5, stride), 2, true, width % 5);
      }
      compare(row(width), 1 + width % 14, false, width % 5);
    }
  }

  @Test
  void reductions() {
    try (Arena arena = Arena.ofConfined()) {
      for (int columns : Numbers.SIZES) {
        MemorySegment x = Numbers.normal(arena, random, 3 * columns, 1);
        MemorySegment expected = arena.allocate(12);
        MemorySegment actual = arena.allocate(12);
        for (Reduce.Function function :
            List.of(
                Reduce.Function.SUM,
                Reduce.Function.MEAN,
                Reduce.Function.MAX,
                Reduce.Function.MIN)) {
          SCALAR.rowReduction().reduce(function, x, 0, expected, 0, columns, 0, 3);
          VectorOps.rowReduction().reduce(function, x, 0, actual, 0, columns, 1, 3);
          VectorOps.rowReduction().reduce(function, x, 0, actual, 0, columns, 0, 1);
          Numbers.same(expected, actual, 3, 1e-4, 1e-6, function + " of " + columns);
        }
      }
    }
  }
}
