package dev.gatun.cpuengine.layer;

import dev.gatun.cpuengine.step.Extent;
import dev.gatun.cpuengine.step.Frame;
import dev.gatun.cpuengine.step.Step.SizeBound;
import dev.gatun.graph.op.Windows;
import java.util.List;
import java.util.function.ToIntFunction;

/** Extents, strides and padding of a submission, with three spatial axes; missing ones lead. */
final class Geometry {
  static final int AXES = 3;

  final int[] in = {1, 1, 1};
  final int[] out = {1, 1, 1};
  final int[] kernel = {1, 1, 1};
  final int[] stride = {1, 1, 1};
  final int[] dilation = {1, 1, 1};
  final int[] before = {0, 0, 0};

  private Geometry(Windows windows, List<Extent> spatial, ToIntFunction<Extent> sizes) {
    int shift = AXES - windows.rank();
    for (int i = 0; i < windows.rank(); i++) {
      long size = sizes.applyAsInt(spatial.get(i));
      in[shift + i] = (int) size;
      out[shift + i] = (int) Math.max(0, windows.output(size, i));
      kernel[shift + i] = Math.toIntExact(windows.kernel().get(i));
      stride[shift + i] = Math.toIntExact(windows.strides().get(i));
      dilation[shift + i] = Math.toIntExact(windows.dilations().get(i));
      before[shift + i] = (int) windows.before(size, i);
    }
  }

  static Geometry of(Windows windows, List<Extent> spatial, Frame frame) {
    return new Geometry(windows, spatial, extent -> extent.of(frame));
  }

  static Geometry of(Windows windows, List<Extent> spatial, SizeBound bound) {
    return new Geometry(windows, spatial, bound::of);
  }

  int inSize() {
    return in[0] * in[1] * in[2];
  }

  int outSize() {
    return out[0] * out[1] * out[2];
  }

  int taps() {
    return kernel[0] * kernel[1] * kernel[2];
  }

  /** Where an element of a window is along an axis; may lie outside. */
  int at(int axis, int window, int element) {
    return window * stride[axis] - before[axis] + element * dilation[axis];
  }
}
