package dev.gatun.graph.op;

import dev.gatun.tensor.Shape;

/**
 * Extents, strides and padding of [N, C, ..] with three spatial axes; missing ones lead with extent
 * 1. For references.
 */
final class Spatial {
  static final int AXES = 3;

  final int batch;
  final int channels;
  final int[] in = {1, 1, 1};
  final int[] out = {1, 1, 1};
  final int[] kernel = {1, 1, 1};
  final int[] stride = {1, 1, 1};
  final int[] dilation = {1, 1, 1};
  final int[] before = {0, 0, 0};
  final int[] after = {0, 0, 0};

  Spatial(Windows windows, Shape x) {
    batch = Math.toIntExact(x.dim(0));
    channels = Math.toIntExact(x.dim(1));
    int shift = AXES - windows.rank();
    for (int i = 0; i < windows.rank(); i++) {
      long size = x.dim(2 + i);
      in[shift + i] = Math.toIntExact(size);
      out[shift + i] = Math.toIntExact(windows.output(size, i));
      kernel[shift + i] = Math.toIntExact(windows.kernel().get(i));
      stride[shift + i] = Math.toIntExact(windows.strides().get(i));
      dilation[shift + i] = Math.toIntExact(windows.dilations().get(i));
      before[shift + i] = Math.toIntExact(windows.before(size, i));
      after[shift + i] = Math.toIntExact(windows.after(size, i));
    }
  }

  int inSize() {
    return in[0] * in[1] * in[2];
  }

  int outSize() {
    return out[0] * out[1] * out[2];
  }

  int kernelSize() {
    return kernel[0] * kernel[1] * kernel[2];
  }

  /** Input index along an axis that element {@code k} of window {@code o} meets; may be outside. */
  int at(int axis, int o, int k) {
    return o * stride[axis] - before[axis] + k * dilation[axis];
  }

  /** The first window whose element {@code k} lies inside the input. */
  int first(int axis, int k) {
    int at = at(axis, 0, k);
    return at >= 0 ? 0 : (-at + stride[axis] - 1) / stride[axis];
  }

  /** One more than the last window whose element {@code k} lies inside the input. */
  int end(int axis, int k) {
    int room = in[axis] - 1 - at(axis, 0, k);
    return room < 0 ? 0 : Math.min(out[axis], room / stride[axis] + 1);
  }

  /** The shape of results with so many channels. */
  Shape result(int rank, long count) {
    long[] dims = new long[rank];
    dims[0] = batch;
    dims[1] = count;
    for (int i = 2; i < rank; i++) {
      dims[i] = out[AXES - rank + i];
    }
    return Shape.of(dims);
  }
}
