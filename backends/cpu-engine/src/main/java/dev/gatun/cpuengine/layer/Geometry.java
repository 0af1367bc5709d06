package dev.gatun.cpuengine.layer;

import static dev.gatun.cpuengine.kernel.WindowGeometry.AXES;

import dev.gatun.cpuengine.kernel.WindowGeometry;
import dev.gatun.cpuengine.step.Frame;
import dev.gatun.engine.size.Extent;
import dev.gatun.engine.size.SizeBound;
import dev.gatun.graph.op.Windows;
import java.util.List;
import java.util.function.ToIntFunction;

/**
 * Windows over values whose sizes a submission or a session tells. Axes of one element at the end
 * are left out, so that rows are long.
 */
final class Geometry {
  private Geometry() {}

  static WindowGeometry of(Windows windows, List<Extent> spatial, Frame frame) {
    return sized(windows, spatial, extent -> extent.of(frame));
  }

  static WindowGeometry of(Windows windows, List<Extent> spatial, SizeBound bound) {
    return sized(windows, spatial, bound::of);
  }

  /** With axes of one element at the end, too. */
  static WindowGeometry whole(Windows windows, List<Extent> spatial, Frame frame) {
    return whole(windows, spatial, extent -> extent.of(frame));
  }

  static WindowGeometry sized(Windows windows, List<Extent> spatial, ToIntFunction<Extent> sizes) {
    WindowGeometry g = whole(windows, spatial, sizes);
    for (int i = 1; i < AXES && g.in[2] == 1 && g.kernel[2] == 1 && g.out[2] == 1; i++) {
      dropLast(g);
    }
    return isPlain(g) ? flat(g) : g;
  }

  private static WindowGeometry whole(
      Windows windows, List<Extent> spatial, ToIntFunction<Extent> sizes) {
    var g = new WindowGeometry();
    int shift = AXES - windows.rank();
    for (int i = 0; i < windows.rank(); i++) {
      long size = sizes.applyAsInt(spatial.get(i));
      g.in[shift + i] = (int) size;
      g.out[shift + i] = (int) Math.max(0, windows.output(size, i));
      g.kernel[shift + i] = Math.toIntExact(windows.kernel().get(i));
      g.stride[shift + i] = Math.toIntExact(windows.strides().get(i));
      g.dilation[shift + i] = Math.toIntExact(windows.dilations().get(i));
      g.before[shift + i] = (int) windows.before(size, i);
    }
    return g;
  }

  private static void dropLast(WindowGeometry g) {
    for (int[] each : List.of(g.in, g.out, g.kernel, g.stride, g.dilation)) {
      each[2] = each[1];
      each[1] = each[0];
      each[0] = 1;
    }
    g.before[2] = g.before[1];
    g.before[1] = g.before[0];
    g.before[0] = 0;
  }

  /** Whether each window is one element, and each element a window. */
  private static boolean isPlain(WindowGeometry g) {
    for (int axis = 0; axis < AXES; axis++) {
      if (g.kernel[axis] != 1 || g.stride[axis] != 1 || g.in[axis] != g.out[axis]) {
        return false;
      }
    }
    return true;
  }

  /** One row. */
  private static WindowGeometry flat(WindowGeometry g) {
    var row = new WindowGeometry();
    row.in[2] = g.inSize();
    row.out[2] = g.outSize();
    return row;
  }
}
