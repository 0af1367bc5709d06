package dev.gatun.gpuengine.compile;

import dev.gatun.engine.size.Sizes;
import dev.gatun.graph.op.Sizing;

/** What the numbers of a launch depend on in the current submission. */
public interface LaunchSizes extends Sizes {
  /** Into how many parts attention divides what each query sees; at least 1. */
  int splits();

  /** Entries of a row of the table of pages. */
  int pageColumns();

  /** What a {@link SizesStep} of this slot found in the current submission. */
  Sizing found(int slot);
}
