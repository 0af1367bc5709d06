package dev.gatun.gpuengine.compile;

import dev.gatun.engine.size.Extent;

/** A number of a launch that may depend on the submission. */
@FunctionalInterface
public interface Size {
  long of(LaunchSizes sizes);

  static Size fixed(long number) {
    return _ -> number;
  }

  static Size of(Extent extent) {
    return extent.isFixed() ? fixed(extent.factor()) : sizes -> extent.of(sizes);
  }

  /** This size in pieces of {@code piece}, the last one perhaps smaller. */
  default Size pieces(long piece) {
    return sizes -> (of(sizes) + piece - 1) / piece;
  }

  default Size times(Size other) {
    return sizes -> Math.multiplyExact(of(sizes), other.of(sizes));
  }

  /** This size when it lies within bounds, both included; else 0. */
  default Size within(long from, long to) {
    return sizes -> {
      long size = of(sizes);
      return from <= size && size <= to ? size : 0;
    };
  }
}
