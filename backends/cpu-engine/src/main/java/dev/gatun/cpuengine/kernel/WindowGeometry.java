package dev.gatun.cpuengine.kernel;

/**
 * Sizes of windows over three spatial axes, plane, row and column, each an array of three; missing
 * axes lead, with one element. Not to be changed once made.
 */
public final class WindowGeometry {
  /** Number of axes. */
  public static final int AXES = 3;

  /** Elements of x. */
  public final int[] in = {1, 1, 1};

  /** Elements of the result. */
  public final int[] out = {1, 1, 1};

  /** Elements of a window. */
  public final int[] kernel = {1, 1, 1};

  public final int[] stride = {1, 1, 1};
  public final int[] dilation = {1, 1, 1};

  /** Elements of padding before x. */
  public final int[] before = {0, 0, 0};

  /** One element of everything, without padding. */
  public WindowGeometry() {}

  public int inSize() {
    return in[0] * in[1] * in[2];
  }

  public int outSize() {
    return out[0] * out[1] * out[2];
  }

  /** Elements of a window, all axes together. */
  public int taps() {
    return kernel[0] * kernel[1] * kernel[2];
  }

  /** Where an element of a window is along an axis; may lie outside. */
  public int at(int axis, int window, int element) {
    return window * stride[axis] - before[axis] + element * dilation[axis];
  }
}
