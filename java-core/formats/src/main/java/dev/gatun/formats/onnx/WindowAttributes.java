package dev.gatun.formats.onnx;

import dev.gatun.graph.Dim;
import dev.gatun.graph.op.Windows;
import dev.gatun.graph.op.Windows.Auto;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** The attributes that convolutions and pools share. */
final class WindowAttributes {
  private WindowAttributes() {}

  /**
   * Windows over the spatial axes of input 0.
   *
   * @param kernel extents of a window
   */
  static Windows of(NodeScope node, List<Long> kernel) {
    int rank = kernel.size();
    List<Long> pads = node.integers("pads").orElse(Collections.nCopies(2 * rank, 0L));
    if (pads.size() != 2 * rank) {
      throw node.bad("has %d pads for %d axes".formatted(pads.size(), rank));
    }
    String auto = node.text("auto_pad", "NOTSET");
    boolean same = auto.equals("SAME_UPPER") || auto.equals("SAME_LOWER");
    if (!same && !auto.equals("NOTSET") && !auto.equals("VALID")) {
      throw node.bad("has auto_pad " + auto);
    }
    boolean given = auto.equals("NOTSET");
    List<Long> none = Collections.nCopies(rank, 0L);
    List<Long> ones = Collections.nCopies(rank, 1L);
    var windows =
        new Windows(
            kernel,
            node.integers("strides").orElse(ones),
            node.integers("dilations").orElse(ones),
            given ? pads.subList(0, rank) : none,
            given ? pads.subList(rank, 2 * rank) : none,
            same ? Auto.valueOf(auto) : Auto.NOTSET,
            node.integer("ceil_mode", 0) != 0);
    return same ? explicit(node, windows) : windows;
  }

  /** The same windows with their padding, where it does not depend on an open extent. */
  private static Windows explicit(NodeScope node, Windows windows) {
    List<Dim> dims = node.type(0).dims();
    List<Long> before = new ArrayList<>();
    List<Long> after = new ArrayList<>();
    for (int i = 0; i < windows.rank() && i + 2 < dims.size(); i++) {
      boolean known = dims.get(2 + i) instanceof Dim.Fixed || windows.strides().get(i) == 1;
      if (!known) {
        return windows;
      }
      // With stride 1 every extent that holds a window gives the same.
      long extent = dims.get(2 + i) instanceof Dim.Fixed(long size) ? size : windows.span(i);
      before.add(windows.before(extent, i));
      after.add(windows.after(extent, i));
    }
    return new Windows(
        windows.kernel(),
        windows.strides(),
        windows.dilations(),
        before,
        after,
        Auto.NOTSET,
        false);
  }

  /** The kernel's extents: an attribute, or those of the weights. */
  static List<Long> kernel(NodeScope node, boolean weights) {
    if (!weights) {
      return node.integers("kernel_shape").orElseThrow(() -> node.bad("lacks kernel_shape"));
    }
    return kernel(node, 1);
  }

  /** Spatial extents of the weights that input {@code weights} is. */
  static List<Long> kernel(NodeScope node, int weights) {
    List<Dim> dims = node.type(weights).dims();
    List<Long> kernel = new ArrayList<>();
    for (Dim dim : dims.subList(Math.min(2, dims.size()), dims.size())) {
      if (!(dim instanceof Dim.Fixed(long size))) {
        throw node.unsupported("its weights have no fixed extents");
      }
      kernel.add(size);
    }
    return kernel;
  }
}
