package dev.gatun.cpuengine.layer;

import dev.gatun.cpuengine.kernel.DenseMatMulKernel;
import dev.gatun.cpuengine.step.Extent;
import dev.gatun.cpuengine.step.Frame;
import dev.gatun.cpuengine.step.Operand;
import dev.gatun.cpuengine.step.Step;
import dev.gatun.cpuengine.step.StepInfo;

/**
 * A convolution with windows of one element: per group the product of the weights [out, in] with x
 * [in, pixels], which is taken as it lies. A unit is a piece of the pixels by some of the channels.
 *
 * @param pixels elements of a channel
 */
public record PointwiseStep(
    StepInfo info,
    DenseMatMulKernel kernel,
    Epilogue epilogue,
    Extent batch,
    int groups,
    int in,
    int out,
    Extent pixels,
    Operand x,
    Operand weights,
    Operand y)
    implements Step {
  private static final int MOST_PIXELS = 512;
  private static final int FEW_PIXELS = 1024;
  private static final int ROWS = 24;

  private int pieces(Frame frame) {
    return (pixels.of(frame) + MOST_PIXELS - 1) / MOST_PIXELS;
  }

  /** Channels of a unit: some when there are few pixels to share out. */
  private int rows(Frame frame) {
    return pixels.of(frame) <= FEW_PIXELS ? Math.min(ROWS, out) : out;
  }

  private int rowPieces(Frame frame) {
    int rows = rows(frame);
    return (out + rows - 1) / rows;
  }

  @Override
  public int units(Frame frame) {
    return batch.of(frame) * groups * pieces(frame) * rowPieces(frame);
  }

  @Override
  public long scratchBytes(SizeBound bound) {
    return epilogue.needsCopy() ? 4 * MOST_PIXELS : 0;
  }

  @Override
  public void run(Frame frame, int from, int to, int worker) {
    int size = pixels.of(frame);
    int pieces = pieces(frame);
    int rowPieces = rowPieces(frame);
    for (int unit = from; unit < to; unit++) {
      int plane = unit / (pieces * rowPieces);
      int first = unit / rowPieces % pieces * MOST_PIXELS;
      int row = unit % rowPieces * rows(frame);
      int count = Math.min(MOST_PIXELS, size - first);
      int rows = Math.min(rows(frame), out - row);
      int group = plane % groups;
      long element = ((long) plane * out + row) * size + first;
      kernel.product(
          weights.segment(frame),
          weights.at(frame) + 4L * (group * out + row) * in,
          in,
          x.segment(frame),
          x.at(frame) + 4 * ((long) plane * in * size + first),
          size,
          y.segment(frame),
          y.at(frame) + 4 * element,
          size,
          rows,
          count,
          in,
          false);
      for (int i = 0; i < rows; i++) {
        long at = element + (long) i * size;
        epilogue.apply(
            frame,
            y.segment(frame),
            y.at(frame) + 4 * at,
            count,
            group * out + row + i,
            at,
            frame.scratch(),
            frame.scratchAt(worker));
      }
    }
  }
}
