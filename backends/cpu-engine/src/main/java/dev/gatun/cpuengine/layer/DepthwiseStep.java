package dev.gatun.cpuengine.layer;

import dev.gatun.cpuengine.kernel.DenseMatMulKernel;
import dev.gatun.cpuengine.step.Frame;
import dev.gatun.cpuengine.step.Operand;
import dev.gatun.cpuengine.step.Step;
import dev.gatun.cpuengine.step.StepInfo;
import java.lang.foreign.MemorySegment;

/**
 * A convolution in which each group has one channel, over at most two axes. A unit is a channel of
 * the result.
 *
 * <p>The channel of x is copied with its padding into one plane per phase of the strides, so that
 * whatever a tap meets of x, for all pixels, lies in one piece: as far from the next row as the
 * result's rows are. A row of taps then is a product of its weights with rows of x that overlap.
 */
public record DepthwiseStep(
    StepInfo info,
    DenseMatMulKernel kernel,
    Epilogue epilogue,
    ConvShape shape,
    Operand x,
    Operand weights,
    Operand y)
    implements Step {
  /** The planes of one channel. */
  private record Planes(Geometry g, int width, int height, int across, int down) {
    static Planes of(Geometry g) {
      int width = g.out[2] + (g.kernel[2] - 1) * g.dilation[2] / g.stride[2];
      int height = g.out[1] + (g.kernel[1] - 1) * g.dilation[1] / g.stride[1];
      return new Planes(g, width, height, g.stride[2], g.stride[1]);
    }

    /** Elements of one plane; a product may read a little beyond it. */
    int size() {
      return width * height;
    }

    int all() {
      return size() * across * down;
    }

    /** Pixels of the result when its rows are as long as the planes'. */
    int pixels() {
      return (g.out[1] - 1) * width + g.out[2];
    }
  }

  @Override
  public int units(Frame frame) {
    return shape.batch().of(frame) * shape.groups() * shape.out();
  }

  @Override
  public long scratchBytes(SizeBound bound) {
    Planes planes = Planes.of(Geometry.whole(shape.windows(), shape.spatial(), bound));
    long copy = epilogue.needsCopy() ? planes.g().outSize() : 0;
    return 4L * (planes.all() + (long) planes.width() * planes.g().out[1] + copy);
  }

  @Override
  public void run(Frame frame, int from, int to, int worker) {
    Geometry g = Geometry.whole(shape.windows(), shape.spatial(), frame);
    if (g.outSize() == 0) {
      return;
    }
    Planes planes = Planes.of(g);
    MemorySegment memory = frame.scratch();
    long at = frame.scratchAt(worker);
    long sums = at + 4L * planes.all();
    int pixels = g.outSize();
    int last = -1;
    for (int unit = from; unit < to; unit++) {
      int channel = unit / shape.out();
      if (channel != last) {
        spread(planes, x.segment(frame), x.at(frame) + 4L * channel * g.inSize(), memory, at);
        last = channel;
      }
      int c = unit % (shape.groups() * shape.out());
      taps(planes, frame, c, memory, at, sums);
      long element = (long) unit * pixels;
      long yAt = y.at(frame) + 4 * element;
      for (int row = 0; row < g.out[1]; row++) {
        long source = sums + 4L * row * planes.width();
        MemorySegment.copy(
            memory, source, y.segment(frame), yAt + 4L * row * g.out[2], 4L * g.out[2]);
      }
      long copy = sums + 4L * planes.width() * g.out[1];
      epilogue.apply(frame, y.segment(frame), yAt, pixels, c, element, memory, copy);
    }
  }

  /** Fills the planes: element (i, j) of plane (a, b) is x[i * down + a, j * across + b]. */
  private static void spread(Planes p, MemorySegment x, long xAt, MemorySegment memory, long at) {
    Geometry g = p.g();
    long to = at;
    for (int a = 0; a < p.down(); a++) {
      for (int b = 0; b < p.across(); b++) {
        for (int i = 0; i < p.height(); i++) {
          int h = i * p.down() + a - g.before[1];
          if (h < 0 || h >= g.in[1]) {
            memory.asSlice(to, 4L * p.width()).fill((byte) 0);
          } else {
            long row = xAt + 4L * h * g.in[2];
            ConvStep.row(x, row, g.in[2], b - g.before[2], p.across(), memory, to, p.width());
          }
          to += 4L * p.width();
        }
      }
    }
  }

  private void taps(Planes p, Frame frame, int channel, MemorySegment memory, long at, long sums) {
    Geometry g = p.g();
    // Weights come sorted by phase within a row of taps; those of a phase are evenly spaced.
    int weight = channel * g.taps();
    boolean add = false;
    for (int kh = 0; kh < g.kernel[1]; kh++) {
      int r = kh * g.dilation[1];
      for (int b = 0; b < p.across(); b++) {
        int first = -1;
        int second = -1;
        int count = 0;
        for (int kw = 0; kw < g.kernel[2]; kw++) {
          int column = kw * g.dilation[2];
          if (column % p.across() == b) {
            second = count == 1 ? column / p.across() : second;
            first = count == 0 ? column / p.across() : first;
            count++;
          }
        }
        if (count == 0) {
          continue;
        }
        int plane = r % p.down() * p.across() + b;
        long offset = (long) plane * p.size() + (long) r / p.down() * p.width() + first;
        kernel.product(
            weights.segment(frame),
            weights.at(frame) + 4L * weight,
            count,
            memory,
            at + 4 * offset,
            count == 1 ? 1 : second - first,
            memory,
            sums,
            p.pixels(),
            1,
            p.pixels(),
            count,
            add);
        add = true;
        weight += count;
      }
    }
  }

  /** The order in which a row of taps is wanted. */
  public static int[] order(int kernel, int dilation, int stride) {
    int[] order = new int[kernel];
    int at = 0;
    for (int phase = 0; phase < stride; phase++) {
      for (int k = 0; k < kernel; k++) {
        if (k * dilation % stride == phase) {
          order[at++] = k;
        }
      }
    }
    return order;
  }
}
