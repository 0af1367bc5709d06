package dev.gatun.vector.op;

import static dev.gatun.vector.simd.Memory.ALL;

import dev.gatun.cpuengine.kernel.Convolution;
import dev.gatun.cpuengine.kernel.ConvolutionKernel;
import dev.gatun.cpuengine.kernel.Finish;
import dev.gatun.cpuengine.kernel.WindowGeometry;
import dev.gatun.vector.simd.Lanes;
import dev.gatun.vector.simd.Memory;
import java.lang.foreign.MemorySegment;

/**
 * Convolutions as products of packed weights with rows of x that taps meet: of x as it lies where
 * windows have one element, else of its copy with padding, whose rows overlap.
 */
final class VectorConvolution implements ConvolutionKernel {
  private static final int V = Lanes.COUNT;

  /** Channels of a tile; what is left over goes one by one. */
  private static final int ROWS = 4;

  /** Vectors of a tile of four channels: as many as there are registers for. */
  private static final int VECTORS = Lanes.BITS == 512 ? 4 : 2;

  private static final int SLACK = ConvolutionStrip.TILE;

  @Override
  public void pack(
      MemorySegment weights,
      long weightsAt,
      int out,
      int depth,
      MemorySegment packed,
      long packedAt) {
    long from = Memory.address(weights, weightsAt, 4L * out * depth);
    long to = Memory.address(packed, packedAt, 4L * out * depth);
    int whole = out / ROWS * ROWS;
    for (int row = 0; row < whole; row += ROWS) {
      for (int i = 0; i < depth; i++) {
        for (int r = 0; r < ROWS; r++) {
          ALL.set(Memory.F32, to, ALL.get(Memory.F32, from + 4L * ((long) (row + r) * depth + i)));
          to += 4;
        }
      }
    }
    MemorySegment.copy(ALL, from + 4L * whole * depth, ALL, to, 4L * (out - whole) * depth);
  }

  @Override
  public long scratchBytes(WindowGeometry windows, int in, int rows, int columns, int parts) {
    ConvolutionStrip strip = ConvolutionStrip.of(windows, rows, columns);
    long planes = (long) in * windows.kernel[0] * strip.channel() + 2 * SLACK;
    return 8L * in * windows.taps() + 4 * (ROWS * strip.sums() + V + planes) + 64;
  }

  @Override
  public void convolve(Convolution c, Convolution.Piece p, MemorySegment scratch, long scratchAt) {
    WindowGeometry g = c.windows();
    int height = p.toRow() - p.fromRow();
    int width = p.toColumn() - p.fromColumn();
    var strip = ConvolutionStrip.of(g, height, width);
    long needed = scratchBytes(g, c.in(), height, width, 0);
    long memory = Memory.address(scratch, scratchAt, needed);
    long channels = c.depthwise() ? p.toChannel() : c.out();
    long groups = c.depthwise() ? (channels + c.out() - 1) / c.out() : 1;
    long x = Memory.address(c.x(), c.xAt(), 4 * groups * c.in() * g.inSize());
    long weights = Memory.address(c.weights(), c.weightsAt(), 4 * channels * c.in() * g.taps());
    long bias = Memory.address(c.bias(), c.biasAt(), 4 * channels);
    Memory.address(c.y(), c.yAt(), 4 * channels * g.outSize());
    if (c.depthwise()) {
      depthwise(c, p, strip, memory, x, weights, bias);
    } else {
      full(c, p, strip, memory, x, weights, bias);
    }
  }

  private static void depthwise(
      Convolution c,
      Convolution.Piece p,
      ConvolutionStrip strip,
      long table,
      long x,
      long weights,
      long bias) {
    WindowGeometry g = c.windows();
    int taps = g.taps();
    long sums = table + 8L * taps;
    long planes = sums + 4L * strip.sums();
    strip.table(1, 0, table);
    int filled = -1;
    for (int row = p.fromChannel(); row < p.toChannel(); row++) {
      if (row / c.out() != filled) {
        filled = row / c.out();
        strip.fill(x + 4L * filled * g.inSize(), p.fromRow(), p.fromColumn(), planes);
      }
      long factors = weights + 4L * row * taps;
      one(factors, bias + 4L * row, planes, table, taps, sums, strip.pixels(), SLACK);
      finish(c, p, strip, row, sums);
    }
  }

  private static void full(
      Convolution c,
      Convolution.Piece p,
      ConvolutionStrip strip,
      long table,
      long x,
      long weights,
      long bias) {
    WindowGeometry g = c.windows();
    int depth = c.in() * g.taps();
    // Sums may start a vector early.
    long sums = table + 8L * depth + Lanes.BYTES;
    long planes = sums + 4L * ROWS * strip.sums();
    int slack = SLACK;
    if (isPlain(g)) {
      planes = x + 4L * p.fromColumn();
      slack = g.in[2] - p.toColumn();
      strip.table(c.in(), 4L * g.in[2], table);
    } else {
      fill(c, p, strip, x, planes);
      strip.table(c.in() * g.kernel[0], 4L * strip.channel(), table);
    }
    int pixels = strip.pixels();
    long step = 4L * strip.sums();
    int row = p.fromChannel();
    int whole = Math.min(p.toChannel(), c.out() / ROWS * ROWS);
    for (; row < whole; row += ROWS) {
      long tile = weights + 4L * row * depth;
      four(tile, bias + 4L * row, planes, table, depth, sums, step, pixels, slack);
      for (int r = 0; r < ROWS; r++) {
        finish(c, p, strip, row + r, sums + r * step);
      }
    }
    for (; row < p.toChannel(); row++) {
      long tile = weights + 4L * row * depth;
      one(tile, bias + 4L * row, planes, table, depth, sums, pixels, slack);
      finish(c, p, strip, row, sums);
    }
  }

  /** Whether rows of x are met as they lie, and have a vector at least. */
  private static boolean isPlain(WindowGeometry g) {
    for (int axis = 0; axis < WindowGeometry.AXES; axis++) {
      if (g.kernel[axis] != 1 || g.stride[axis] != 1 || g.in[axis] != g.out[axis]) {
        return false;
      }
    }
    return g.in[0] == 1 && g.in[1] == 1 && g.in[2] >= V;
  }

  private static void fill(
      Convolution c, Convolution.Piece p, ConvolutionStrip strip, long x, long planes) {
    WindowGeometry g = c.windows();
    int size = g.in[1] * g.in[2];
    long to = planes;
    for (int channel = 0; channel < c.in(); channel++) {
      for (int i = 0; i < g.kernel[0]; i++) {
        int plane = g.at(0, p.plane(), i);
        if (plane < 0 || plane >= g.in[0]) {
          ConvolutionStrip.zeros(to, to + 4L * strip.channel());
        } else {
          long from = x + 4L * ((long) channel * g.in[0] + plane) * size;
          strip.fill(from, p.fromRow(), p.fromColumn(), to);
        }
        to += 4L * strip.channel();
      }
    }
  }

  /**
   * All pixels of four channels. Vectors may reach beyond the last pixel by {@code slack} elements;
   * where that is not enough, the last vector starts before others end.
   */
  private static void four(
      long weights,
      long bias,
      long x,
      long table,
      int depth,
      long sums,
      long step,
      int count,
      int slack) {
    int at = 0;
    if (VECTORS == 4) {
      for (; at + 4 * V <= count; at += 4 * V) {
        ConvolutionTiles.fourByFour(weights, bias, x + 4L * at, table, depth, sums + 4L * at, step);
      }
    }
    for (; at + 2 * V <= count; at += 2 * V) {
      ConvolutionTiles.fourByTwo(weights, bias, x + 4L * at, table, depth, sums + 4L * at, step);
    }
    for (; at < count; at += V) {
      long place = 4L * Math.min(at, count + slack - V);
      ConvolutionTiles.fourByOne(weights, bias, x + place, table, depth, sums + place, step);
    }
  }

  private static void one(
      long weights, long bias, long x, long table, int depth, long sums, int count, int slack) {
    int at = 0;
    for (; at + 4 * V <= count + Math.min(slack, 2 * V); at += 4 * V) {
      ConvolutionTiles.oneByFour(weights, bias, x + 4L * at, table, depth, sums + 4L * at);
    }
    for (; at < count; at += V) {
      long place = 4L * Math.min(at, count + slack - V);
      ConvolutionTiles.oneByOne(weights, bias, x + place, table, depth, sums + place);
    }
  }

  private static void finish(
      Convolution c, Convolution.Piece p, ConvolutionStrip strip, int channel, long sums) {
    WindowGeometry g = c.windows();
    strip.closeGaps(sums);
    long element = ((long) channel * g.out[0] + p.plane()) * g.out[1] * g.out[2];
    element += (long) p.fromRow() * g.out[2] + p.fromColumn();
    int count = strip.rows() * strip.columns();
    VectorFinish.run(c.finish(), sums, c.y().address() + c.yAt(), element, count);
  }

  @Override
  public void finish(
      Finish finish,
      MemorySegment x,
      long xAt,
      MemorySegment y,
      long yAt,
      long element,
      int count,
      MemorySegment scratch,
      long scratchAt) {
    long from = Memory.address(x, xAt, 4L * count);
    long to = Memory.address(y, yAt, 4 * (element + count));
    VectorFinish.run(finish, from, to, element, count);
  }
}
