package dev.gatun.gpuengine.compile;

import dev.gatun.engine.size.Sizes;

/** What the numbers of a launch depend on in the current submission. */
public interface LaunchSizes extends Sizes {
  /** Into how many parts attention divides what each query sees; at least 1. */
  int splits();

  /** Entries of a row of the table of pages. */
  int pageColumns();
}
