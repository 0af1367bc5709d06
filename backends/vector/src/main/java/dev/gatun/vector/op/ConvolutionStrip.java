package dev.gatun.vector.op;

import static dev.gatun.vector.simd.Memory.ALL;

import dev.gatun.cpuengine.kernel.WindowGeometry;
import dev.gatun.vector.simd.Memory;
import java.lang.foreign.MemorySegment;

/**
 * A strip of a convolution's result, and what it meets of a channel of x: copied with its padding
 * into one plane per phase of the strides, so that whatever a tap meets, for all pixels, lies in
 * one piece: the result's rows are then as far apart as the planes'.
 *
 * @param down phases of rows that taps meet
 * @param across phases of columns that taps meet
 * @param height rows of a phase's plane
 * @param width columns of a phase's plane
 */
record ConvolutionStrip(
    WindowGeometry g, int rows, int columns, int down, int across, int height, int width) {
  /** Elements of the widest tile of pixels, which vectors may reach beyond a strip. */
  static final int TILE = 64;

  static ConvolutionStrip of(WindowGeometry g, int rows, int columns) {
    int high = (g.kernel[1] - 1) * g.dilation[1];
    int wide = (g.kernel[2] - 1) * g.dilation[2];
    return new ConvolutionStrip(
        g,
        rows,
        columns,
        Math.min(high + 1, g.stride[1]),
        Math.min(wide + 1, g.stride[2]),
        rows + high / g.stride[1],
        columns + wide / g.stride[2]);
  }

  /** Elements of a phase's plane. */
  int plane() {
    return height * width;
  }

  /** Elements of a channel's planes. */
  int channel() {
    return plane() * down * across;
  }

  /** Pixels of the result, from the first to the last, in rows of {@link #width}. */
  int pixels() {
    return (rows - 1) * width + columns;
  }

  /** Elements of a channel's sums, and a tile beyond. */
  int sums() {
    return (pixels() + TILE - 1) / TILE * TILE + TILE;
  }

  /**
   * Writes where each tap's pixels start, in bytes, for all channels.
   *
   * @param channelBytes from one channel's planes to the next
   */
  void table(int channels, long channelBytes, long table) {
    long to = table;
    for (int c = 0; c < channels; c++) {
      for (int i = 0; i < g.kernel[1]; i++) {
        int row = i * g.dilation[1];
        for (int j = 0; j < g.kernel[2]; j++) {
          int column = j * g.dilation[2];
          int phase = row % g.stride[1] * across + column % g.stride[2];
          int at = phase * plane() + row / g.stride[1] * width + column / g.stride[2];
          ALL.set(ConvolutionTiles.I64, to, c * channelBytes + 4L * at);
          to += 8;
        }
      }
    }
  }

  /** Fills the phases' planes from a plane of x. */
  void fill(long x, int fromRow, int fromColumn, long y) {
    for (int a = 0; a < down; a++) {
      for (int i = 0; i < height; i++) {
        int row = (fromRow + i) * g.stride[1] + a - g.before[1];
        for (int b = 0; b < across; b++) {
          long to = y + 4L * (((long) a * across + b) * plane() + (long) i * width);
          if (row < 0 || row >= g.in[1]) {
            zeros(to, to + 4L * width);
          } else {
            int start = fromColumn * g.stride[2] - g.before[2] + b;
            row(x + 4L * row * g.in[2], start, to);
          }
        }
      }
    }
  }

  /** Elements from {@code start} on, in steps; outside the row they are 0. */
  private void row(long x, int start, long to) {
    int step = g.stride[2];
    int before = start >= 0 ? 0 : Math.min(width, (-start + step - 1) / step);
    int room = g.in[2] - 1 - start;
    int end = room < 0 ? before : Math.max(before, Math.min(width, room / step + 1));
    long first = to + 4L * before;
    long last = to + 4L * end;
    long from = x + 4L * (start + (long) before * step);
    zeros(to, first);
    if (step == 1) {
      MemorySegment.copy(ALL, from, ALL, first, last - first);
    } else {
      for (long at = first; at != last; at += 4) {
        ALL.set(Memory.F32, at, ALL.get(Memory.F32, from));
        from += 4L * step;
      }
    }
    zeros(last, to + 4L * width);
  }

  static void zeros(long from, long to) {
    for (long at = from; at != to; at += 4) {
      ALL.set(Memory.F32, at, 0f);
    }
  }

  /** Pixels in rows of {@link #width} to rows without gaps. */
  void closeGaps(long sums) {
    for (int row = 1; width > columns && row < rows; row++) {
      MemorySegment.copy(
          ALL, sums + 4L * row * width, ALL, sums + 4L * row * columns, 4L * columns);
    }
  }
}
