package dev.gatun.cpuengine.layer;

import dev.gatun.cpuengine.kernel.DenseMatMulKernel;
import dev.gatun.cpuengine.step.Frame;
import dev.gatun.cpuengine.step.Operand;
import dev.gatun.cpuengine.step.Step;
import dev.gatun.cpuengine.step.StepInfo;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * A convolution as products of the weights [out, in * taps] with panels of x: for a piece of the
 * result's pixels, what each meets of x, a row per channel and tap. A unit is such a piece.
 */
public record ConvStep(
    StepInfo info,
    DenseMatMulKernel kernel,
    Epilogue epilogue,
    ConvShape shape,
    Operand x,
    Operand weights,
    Operand y)
    implements Step {
  /** Elements of a panel that the second-level cache holds beside the rest. */
  private static final int PANEL = 1 << 16;

  private static final int MOST_PIXELS = 512;
  private static final int LEAST_PIXELS = 64;
  private static final int FEW_UNITS = 8;
  private static final ValueLayout.OfFloat F32 = ValueLayout.JAVA_FLOAT_UNALIGNED;

  private int depth() {
    int taps = 1;
    for (long extent : shape.windows().kernel()) {
      taps *= Math.toIntExact(extent);
    }
    return shape.in() * taps;
  }

  private int piece(int pixels) {
    int most = Math.min(MOST_PIXELS, PANEL / depth() / LEAST_PIXELS * LEAST_PIXELS);
    int even = (pixels / FEW_UNITS + LEAST_PIXELS - 1) / LEAST_PIXELS * LEAST_PIXELS;
    return Math.max(LEAST_PIXELS, Math.min(most, even));
  }

  @Override
  public int units(Frame frame) {
    int pixels = Geometry.of(shape.windows(), shape.spatial(), frame).outSize();
    int piece = piece(pixels);
    return shape.batch().of(frame) * shape.groups() * ((pixels + piece - 1) / piece);
  }

  @Override
  public long scratchBytes(SizeBound bound) {
    int most = Math.max(LEAST_PIXELS, Math.min(MOST_PIXELS, PANEL / depth()));
    return 4L * depth() * most + (epilogue.needsCopy() ? 4L * most : 0);
  }

  @Override
  public void run(Frame frame, int from, int to, int worker) {
    Geometry g = Geometry.of(shape.windows(), shape.spatial(), frame);
    int pixels = g.outSize();
    int piece = piece(pixels);
    int pieces = (pixels + piece - 1) / piece;
    int depth = depth();
    int out = shape.out();
    MemorySegment panel = frame.scratch();
    long panelAt = frame.scratchAt(worker);
    for (int unit = from; unit < to; unit++) {
      int plane = unit / pieces;
      int group = plane % shape.groups();
      int first = unit % pieces * piece;
      int count = Math.min(piece, pixels - first);
      long xAt = x.at(frame) + 4L * plane * shape.in() * g.inSize();
      fill(g, x.segment(frame), xAt, panel, panelAt, first, count);
      long element = (long) plane * out * pixels + first;
      kernel.product(
          weights.segment(frame),
          weights.at(frame) + 4L * group * out * depth,
          depth,
          panel,
          panelAt,
          count,
          y.segment(frame),
          y.at(frame) + 4 * element,
          pixels,
          out,
          count,
          depth,
          false);
      for (int i = 0; i < out; i++) {
        long at = element + (long) i * pixels;
        epilogue.apply(
            frame,
            y.segment(frame),
            y.at(frame) + 4 * at,
            count,
            group * out + i,
            at,
            panel,
            panelAt + 4L * depth * count);
      }
    }
  }

  /** Writes a row of {@code count} pixels, from pixel {@code first} on, per channel and tap. */
  private void fill(
      Geometry g,
      MemorySegment x,
      long xAt,
      MemorySegment panel,
      long panelAt,
      int first,
      int count) {
    int rows = g.out[2];
    long to = panelAt;
    for (int c = 0; c < shape.in(); c++) {
      long channel = xAt + 4L * c * g.inSize();
      for (int tap = 0; tap < g.taps(); tap++) {
        int kw = tap % g.kernel[2];
        int kh = tap / g.kernel[2] % g.kernel[1];
        int kd = tap / g.kernel[2] / g.kernel[1];
        int pixel = first;
        while (pixel < first + count) {
          int column = pixel % rows;
          int run = Math.min(rows - column, first + count - pixel);
          int line = pixel / rows;
          int h = g.at(1, line % g.out[1], kh);
          int d = g.at(0, line / g.out[1], kd);
          if (h < 0 || h >= g.in[1] || d < 0 || d >= g.in[0]) {
            panel.asSlice(to, 4L * run).fill((byte) 0);
          } else {
            long row = channel + 4L * (d * g.in[1] + h) * g.in[2];
            row(x, row, g.in[2], g.at(2, column, kw), g.stride[2], panel, to, run);
          }
          to += 4L * run;
          pixel += run;
        }
      }
    }
  }

  /** Copies {@code run} elements from {@code start} on, in steps; outside the row they are 0. */
  static void row(
      MemorySegment x, long row, int size, int start, int step, MemorySegment y, long to, int run) {
    int before = start >= 0 ? 0 : Math.min(run, (-start + step - 1) / step);
    int room = size - 1 - start;
    int end = room < 0 ? before : Math.max(before, Math.min(run, room / step + 1));
    for (int i = 0; i < before; i++) {
      y.set(F32, to + 4L * i, 0f);
    }
    if (step == 1) {
      MemorySegment.copy(x, row + 4L * (start + before), y, to + 4L * before, 4L * (end - before));
    } else {
      for (int i = before; i < end; i++) {
        y.set(F32, to + 4L * i, x.get(F32, row + 4L * (start + i * step)));
      }
    }
    for (int i = end; i < run; i++) {
      y.set(F32, to + 4L * i, 0f);
    }
  }
}
