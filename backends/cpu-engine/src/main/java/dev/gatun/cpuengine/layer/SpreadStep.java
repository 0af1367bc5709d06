package dev.gatun.cpuengine.layer;

import dev.gatun.cpuengine.kernel.ConvolutionKernel;
import dev.gatun.cpuengine.kernel.Finish;
import dev.gatun.cpuengine.kernel.WindowGeometry;
import dev.gatun.cpuengine.step.Frame;
import dev.gatun.cpuengine.step.Step;
import dev.gatun.cpuengine.step.StepInfo;
import dev.gatun.engine.memory.Operand;
import dev.gatun.engine.size.Extent;
import dev.gatun.engine.size.SizeBound;
import dev.gatun.graph.op.Windows;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;

/**
 * The second half of a transposed convolution: adds what each tap gives, [N, channels * taps,
 * pixels], at its place. A unit is a channel of the result.
 *
 * @param windows over the result, whose convolution this is the transpose of
 * @param spatial extents of the result
 * @param from extents of the columns
 * @param bias one per channel
 */
public record SpreadStep(
    StepInfo info,
    ConvolutionKernel kernel,
    Epilogue epilogue,
    Windows windows,
    Extent batch,
    int channels,
    List<Extent> spatial,
    List<Extent> from,
    Operand columns,
    Operand bias,
    Operand y)
    implements Step {
  private static final ValueLayout.OfFloat F32 = ValueLayout.JAVA_FLOAT_UNALIGNED;

  @Override
  public int units(Frame frame) {
    return batch.of(frame) * channels;
  }

  @Override
  public long scratchBytes(SizeBound bound) {
    var one = new WindowGeometry();
    return kernel.scratchBytes(one, 1, 1, 1, epilogue.parts().size());
  }

  @Override
  public void run(Frame frame, int first, int end, int worker) {
    WindowGeometry g = Geometry.whole(windows, spatial, frame);
    int[] in = {1, 1, 1};
    for (int i = 0; i < from.size(); i++) {
      in[WindowGeometry.AXES - from.size() + i] = from.get(i).of(frame);
    }
    int pixels = in[0] * in[1] * in[2];
    int size = g.inSize();
    MemorySegment target = y.segment(frame);
    Finish finish = epilogue.from(frame, 0);
    for (int unit = first; unit < end; unit++) {
      long yAt = y.at(frame) + 4L * unit * size;
      fill(
          target, yAt, size, bias.segment(frame).get(F32, bias.at(frame) + 4L * (unit % channels)));
      long at = columns.at(frame) + 4L * unit * g.taps() * pixels;
      for (int tap = 0; tap < g.taps(); tap++) {
        add(g, in, tap, columns.segment(frame), at + 4L * tap * pixels, target, yAt);
      }
      kernel.finish(
          finish,
          target,
          yAt,
          target,
          y.at(frame),
          (long) unit * size,
          size,
          frame.scratch(),
          frame.scratchAt(worker));
    }
  }

  private static void fill(MemorySegment y, long at, int count, float value) {
    for (int i = 0; i < count; i++) {
      y.set(F32, at + 4L * i, value);
    }
  }

  private static void add(
      WindowGeometry g, int[] in, int tap, MemorySegment x, long xAt, MemorySegment y, long yAt) {
    int kw = tap % g.kernel[2];
    int kh = tap / g.kernel[2] % g.kernel[1];
    int kd = tap / g.kernel[2] / g.kernel[1];
    int step = g.stride[2];
    int start = g.at(2, 0, kw);
    int before = start >= 0 ? 0 : (-start + step - 1) / step;
    int room = g.in[2] - 1 - start;
    int end = room < 0 ? 0 : Math.min(in[2], room / step + 1);
    for (int d = 0; d < in[0]; d++) {
      int yd = g.at(0, d, kd);
      for (int h = 0; h < in[1]; h++) {
        int yh = g.at(1, h, kh);
        if (yd < 0 || yd >= g.in[0] || yh < 0 || yh >= g.in[1]) {
          continue;
        }
        long from = xAt + 4L * (d * in[1] + h) * in[2];
        long to = yAt + 4L * ((yd * g.in[1] + yh) * g.in[2] + start);
        for (int i = before; i < end; i++) {
          long place = to + 4L * i * step;
          y.set(F32, place, y.get(F32, place) + x.get(F32, from + 4L * i));
        }
      }
    }
  }
}
