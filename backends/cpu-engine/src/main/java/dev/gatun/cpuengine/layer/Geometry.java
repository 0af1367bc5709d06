package dev.gatun.cpuengine.layer;

import dev.gatun.cpuengine.step.Extent;
import dev.gatun.cpuengine.step.Frame;
import dev.gatun.cpuengine.step.Step.SizeBound;
import dev.gatun.graph.op.Windows;
import java.util.List;
import java.util.function.ToIntFunction;

/**
 * Extents, strides and padding of a submission, with three spatial axes; missing ones lead, and
 * those of one element at the end are left out.
 */
final class Geometry {
  static final int AXES = 3;

  final int[] in = {1, 1, 1};
  final int[] out = {1, 1, 1};
  final int[] kernel = {1, 1, 1};
  final int[] stride = {1, 1, 1};
  final int[] dilation = {1, 1, 1};
  final int[] before = {0, 0, 0};

  private int dropped;

  private Geometry(
      Windows windows, List<Extent> spatial, ToIntFunction<Extent> sizes, boolean whole) {
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
    for (int i = 1; !whole && i < AXES && in[2] == 1 && kernel[2] == 1 && out[2] == 1; i++) {
      dropLast();
    }
  }

  /** Leaves out a last axis of one element, so that rows are long. */
  private void dropLast() {
    dropped++;
    for (int[] each : List.of(in, out, kernel, stride, dilation)) {
      each[2] = each[1];
      each[1] = each[0];
      each[0] = 1;
    }
    before[2] = before[1];
    before[1] = before[0];
    before[0] = 0;
  }

  static Geometry of(Windows windows, List<Extent> spatial, Frame frame) {
    return new Geometry(windows, spatial, extent -> extent.of(frame), false);
  }

  /** With an axis of one element at the end, too. */
  static Geometry whole(Windows windows, List<Extent> spatial, Frame frame) {
    return new Geometry(windows, spatial, extent -> extent.of(frame), true);
  }

  static Geometry whole(Windows windows, List<Extent> spatial, SizeBound bound) {
    return new Geometry(windows, spatial, bound::of, true);
  }

  static Geometry of(Windows windows, List<Extent> spatial, SizeBound bound) {
    return new Geometry(windows, spatial, bound::of, false);
  }

  /** Extents of another value, with the same axes left out. */
  int[] aligned(List<Extent> others, Frame frame) {
    int[] sizes = {1, 1, 1};
    for (int i = 0; i < others.size() - dropped; i++) {
      sizes[AXES - others.size() + dropped + i] = others.get(i).of(frame);
    }
    return sizes;
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
