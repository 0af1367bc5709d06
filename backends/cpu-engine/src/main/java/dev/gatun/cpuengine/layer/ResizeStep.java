package dev.gatun.cpuengine.layer;

import dev.gatun.cpuengine.step.Frame;
import dev.gatun.cpuengine.step.Step;
import dev.gatun.cpuengine.step.StepInfo;
import dev.gatun.engine.memory.Operand;
import dev.gatun.engine.size.Extent;
import dev.gatun.graph.op.Resize;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Interpolation along the last two axes, in single precision. A unit is a row of the result.
 *
 * @param planes product of the axes before
 * @param axis the first of the two, in the op
 */
public record ResizeStep(
    StepInfo info,
    Resize op,
    int axis,
    Extent planes,
    Extent inHeight,
    Extent inWidth,
    Extent outHeight,
    Extent outWidth,
    Operand x,
    Operand y)
    implements Step {
  private static final ValueLayout.OfFloat F32 = ValueLayout.JAVA_FLOAT_UNALIGNED;
  private static final int FEW_ROWS = 16;

  @Override
  public int units(Frame frame) {
    return planes.of(frame) * outHeight.of(frame);
  }

  @Override
  public int grain(Frame frame) {
    return FEW_ROWS;
  }

  @Override
  public void run(Frame frame, int from, int to, int worker) {
    int h = inHeight.of(frame);
    int w = inWidth.of(frame);
    int height = outHeight.of(frame);
    int width = outWidth.of(frame);
    Resize.Axis rows = op.axis(axis, h, height);
    Resize.Axis columns = op.axis(axis + 1, w, width);
    boolean copies = isCopied(rows, height) && isCopied(columns, width);
    int[][] elements = new int[width][];
    float[][] weights = new float[width][];
    int[] sources = new int[width];
    for (int i = 0; i < width; i++) {
      elements[i] = columns.elements(i);
      weights[i] = floats(columns.weights(i));
      sources[i] = elements[i][0];
    }
    float[] line = new float[w];
    int last = -1;
    for (int unit = from; unit < to; unit++) {
      long plane = x.at(frame) + 4L * (unit / height) * h * w;
      int[] lines = rows.elements(unit % height);
      long yAt = y.at(frame) + 4L * unit * width;
      MemorySegment target = y.segment(frame);
      if (copies) {
        int source = unit / height * h + lines[0];
        if (source == last) {
          MemorySegment.copy(target, yAt - 4L * width, target, yAt, 4L * width);
        } else {
          pick(x.segment(frame), plane + 4L * lines[0] * w, sources, target, yAt);
        }
        last = source;
        continue;
      }
      mix(x.segment(frame), plane, w, lines, floats(rows.weights(unit % height)), line);
      for (int i = 0; i < width; i++) {
        int[] at = elements[i];
        float sum = line[at[0]] * weights[i][0];
        for (int k = 1; k < at.length; k++) {
          sum += line[at[k]] * weights[i][k];
        }
        target.set(F32, yAt + 4L * i, sum);
      }
    }
  }

  /** Whether each element along an axis is one of x. */
  private static boolean isCopied(Resize.Axis axis, int size) {
    for (int i = 0; i < size; i++) {
      double[] weights = axis.weights(i);
      if (weights.length != 1 || weights[0] != 1) {
        return false;
      }
    }
    return true;
  }

  private static void pick(MemorySegment x, long row, int[] sources, MemorySegment y, long yAt) {
    for (int i = 0; i < sources.length; i++) {
      y.set(F32, yAt + 4L * i, x.get(F32, row + 4L * sources[i]));
    }
  }

  /** The weighted sum of rows of a plane. */
  private static void mix(
      MemorySegment x, long plane, int width, int[] lines, float[] weights, float[] sum) {
    for (int k = 0; k < lines.length; k++) {
      long row = plane + 4L * lines[k] * width;
      for (int i = 0; i < width; i++) {
        float value = weights[k] * x.get(F32, row + 4L * i);
        sum[i] = k == 0 ? value : sum[i] + value;
      }
    }
  }

  private static float[] floats(double[] values) {
    float[] all = new float[values.length];
    for (int i = 0; i < all.length; i++) {
      all[i] = (float) values[i];
    }
    return all;
  }
}
