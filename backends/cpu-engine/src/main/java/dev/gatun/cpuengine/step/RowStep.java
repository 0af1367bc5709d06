package dev.gatun.cpuengine.step;

import dev.gatun.engine.size.Extent;

/** A step whose units are rows: it can share a region with other steps over the same rows. */
public interface RowStep extends Step {
  Extent rows();

  @Override
  default int units(Frame frame) {
    return rows().of(frame);
  }
}
