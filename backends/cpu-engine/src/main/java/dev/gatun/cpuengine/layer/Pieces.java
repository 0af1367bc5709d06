package dev.gatun.cpuengine.layer;

import dev.gatun.cpuengine.kernel.Convolution.Piece;
import dev.gatun.cpuengine.kernel.ConvolutionKernel;
import dev.gatun.cpuengine.kernel.WindowGeometry;

/**
 * How the work of a convolution is divided: enough pieces that workers end together, each worth its
 * hand-out, what a piece meets of x in the second-level cache and its sums in the first. It depends
 * on sizes alone.
 *
 * @param windows sizes of all
 * @param planes groups of pictures, times planes of the result
 * @param rows of the result in a piece
 * @param columns of the result in a piece: all, but where the result has one row
 * @param channels of a group, or of all groups when each has one channel, in a piece
 * @param out all of them
 */
public record Pieces(
    WindowGeometry windows, int planes, int rows, int columns, int channels, int out) {
  /** Bytes of x that a piece meets. */
  static final int MOST_BYTES = 256 << 10;

  /** Results of a channel in a piece. */
  static final int MOST_PIXELS = 512;

  /** The same when each channel is alone. */
  private static final int MOST_ALONE = 4096;

  private static final int FEW_COLUMNS = 64;
  private static final int FEW_CHANNELS = 2 * ConvolutionKernel.CHANNELS;
  private static final int MOST_PIECES = 16;

  /** Multiplications that take about ten microseconds. */
  private static final long FEW_PRODUCTS = 1 << 19;

  /**
   * @param in channels of x that an element meets
   * @param out channels of a group; of all when each is alone
   * @param groups how often the whole happens: pictures times groups
   */
  static Pieces of(WindowGeometry g, boolean depthwise, int in, int out, int groups) {
    int planes = groups * g.out[0];
    long pixels = (long) g.out[1] * g.out[2];
    long products = pixels * in * g.taps() * out * planes;
    int wanted = (int) Math.max(1, Math.min(MOST_PIECES, products / FEW_PRODUCTS));
    int each = Math.max(1, (wanted + planes - 1) / Math.max(1, planes));
    int rows = 1;
    int columns = g.out[2];
    int most = depthwise ? MOST_ALONE : MOST_PIXELS;
    int tall = (g.kernel[1] - 1) * g.dilation[1];
    int wide = (g.kernel[2] - 1) * g.dilation[2];
    long bytes = 4L * in * g.kernel[0];
    if (g.out[1] > 1) {
      int width = g.out[2] * g.stride[2] + wide;
      long lines = MOST_BYTES / (bytes * Math.max(1, width)) - tall;
      int sums = Math.max(16, rounded(g.out[2] + wide / g.stride[2], 16));
      rows = (int) Math.max(1, Math.min(lines / g.stride[1], most / sums));
      int even = depthwise ? g.out[1] : (g.out[1] + each - 1) / each;
      rows = Math.max(1, Math.min(rows, even));
    } else {
      long fit = (MOST_BYTES / (bytes * (tall + g.stride[1])) - wide) / g.stride[2];
      int even = depthwise ? columns : (columns + each - 1) / each;
      columns = (int) Math.min(Math.min(fit, most - wide), rounded(even, FEW_COLUMNS));
      columns = Math.max(FEW_COLUMNS, columns / FEW_COLUMNS * FEW_COLUMNS);
    }
    int strips = strips(g, rows, Math.max(1, columns));
    int parts = Math.max(1, (each + strips - 1) / Math.max(1, strips));
    int least = depthwise ? 1 : FEW_CHANNELS;
    int some = Math.max(least, (out + parts - 1) / parts);
    if (!depthwise) {
      some = rounded(some, ConvolutionKernel.CHANNELS);
    }
    return new Pieces(g, planes, rows, columns, Math.min(some, Math.max(1, out)), out);
  }

  private static int rounded(int value, int multiple) {
    return (value + multiple - 1) / multiple * multiple;
  }

  private static int strips(WindowGeometry g, int rows, int columns) {
    return ((g.out[1] + rows - 1) / rows) * ((g.out[2] + columns - 1) / columns);
  }

  private int channelPieces() {
    return (out + channels - 1) / channels;
  }

  int count() {
    return windows.outSize() == 0 ? 0 : planes * strips(windows, rows, columns) * channelPieces();
  }

  /** Which group of which picture a piece belongs to. */
  int group(int piece) {
    return piece / (strips(windows, rows, columns) * channelPieces()) / windows.out[0];
  }

  Piece piece(int piece) {
    int strips = strips(windows, rows, columns);
    int across = (windows.out[2] + columns - 1) / columns;
    int strip = piece / channelPieces() % strips;
    int row = strip / across * rows;
    int column = strip % across * columns;
    int channel = piece % channelPieces() * channels;
    return new Piece(
        piece / (strips * channelPieces()) % windows.out[0],
        row,
        Math.min(windows.out[1], row + rows),
        column,
        Math.min(windows.out[2], column + columns),
        channel,
        Math.min(out, channel + channels));
  }

  /** Working memory for pieces of any division of these sizes or smaller ones. */
  static long scratchBytes(
      ConvolutionKernel kernel, WindowGeometry largest, boolean depthwise, int in, int parts) {
    int columns = largest.out[2];
    int least = largest.out[1] > 1 ? columns : Math.min(columns, FEW_COLUMNS);
    long row = kernel.scratchBytes(largest, in, 1, Math.max(least, FEW_COLUMNS), parts);
    int most = depthwise ? MOST_ALONE : MOST_PIXELS;
    return row + MOST_BYTES + 4L * ConvolutionKernel.CHANNELS * most;
  }
}
