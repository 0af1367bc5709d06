package dev.gatun.cpuengine.layer;

import dev.gatun.engine.size.Extent;
import dev.gatun.graph.op.Windows;
import java.util.List;

/**
 * A convolution of x [N, groups * in, ..] to [N, groups * out, ..].
 *
 * @param in channels of a group of x
 * @param out channels of a group of the result
 * @param depthwise whether each channel of x is a group, and there are no planes
 * @param spatial extents of x after the channels
 */
public record ConvShape(
    Windows windows,
    Extent batch,
    int groups,
    int in,
    int out,
    boolean depthwise,
    List<Extent> spatial) {
  public ConvShape {
    spatial = List.copyOf(spatial);
  }
}
