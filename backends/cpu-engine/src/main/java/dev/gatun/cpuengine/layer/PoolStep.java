package dev.gatun.cpuengine.layer;

import dev.gatun.cpuengine.kernel.WindowGeometry;
import dev.gatun.cpuengine.step.Frame;
import dev.gatun.cpuengine.step.Step;
import dev.gatun.cpuengine.step.StepInfo;
import dev.gatun.engine.memory.Operand;
import dev.gatun.engine.size.Extent;
import dev.gatun.graph.op.Windows;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;

/**
 * Maximum or average of windows, in single precision. A unit is a channel.
 *
 * @param average whether the average is taken, without what lies in the padding
 * @param planes batches times channels
 */
public record PoolStep(
    StepInfo info,
    boolean average,
    Windows windows,
    Extent planes,
    List<Extent> spatial,
    Operand x,
    Operand y)
    implements Step {
  private static final ValueLayout.OfFloat F32 = ValueLayout.JAVA_FLOAT_UNALIGNED;

  @Override
  public int units(Frame frame) {
    return planes.of(frame);
  }

  @Override
  public void run(Frame frame, int from, int to, int worker) {
    WindowGeometry g = Geometry.of(windows, spatial, frame);
    MemorySegment source = x.segment(frame);
    MemorySegment target = y.segment(frame);
    for (int unit = from; unit < to; unit++) {
      long xAt = x.at(frame) + 4L * unit * g.inSize();
      long yAt = y.at(frame) + 4L * unit * g.outSize();
      for (int d = 0; d < g.out[0]; d++) {
        for (int h = 0; h < g.out[1]; h++) {
          for (int w = 0; w < g.out[2]; w++) {
            target.set(F32, yAt, window(g, source, xAt, d, h, w));
            yAt += 4;
          }
        }
      }
    }
  }

  /** Elements of a window from {@code first} on lie inside; at least one does. */
  private static int first(WindowGeometry g, int axis, int window) {
    int start = g.at(axis, window, 0);
    return start >= 0 ? 0 : (-start + g.dilation[axis] - 1) / g.dilation[axis];
  }

  private static int end(WindowGeometry g, int axis, int window) {
    int room = g.in[axis] - 1 - g.at(axis, window, 0);
    return room < 0 ? 0 : Math.min(g.kernel[axis], room / g.dilation[axis] + 1);
  }

  private float window(WindowGeometry g, MemorySegment x, long xAt, int d, int h, int w) {
    float result = average ? 0 : Float.NEGATIVE_INFINITY;
    int fromW = first(g, 2, w);
    int endW = end(g, 2, w);
    int fromH = first(g, 1, h);
    int endH = end(g, 1, h);
    int fromD = first(g, 0, d);
    int endD = end(g, 0, d);
    for (int kd = fromD; kd < endD; kd++) {
      for (int kh = fromH; kh < endH; kh++) {
        long row = xAt + 4L * (g.at(0, d, kd) * g.in[1] + g.at(1, h, kh)) * g.in[2];
        for (int kw = fromW; kw < endW; kw++) {
          float value = x.get(F32, row + 4L * g.at(2, w, kw));
          result = average ? result + value : Math.max(result, value);
        }
      }
    }
    int count = Math.max(1, (endD - fromD) * (endH - fromH) * (endW - fromW));
    return average ? result / count : result;
  }
}
