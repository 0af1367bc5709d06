package dev.gatun.pipelines;

import dev.gatun.runtime.plan.Explanation;

/** A model that is ready for one kind of work. Owns the model, not the runtime. */
public interface Pipeline extends AutoCloseable {
  /** Which device runs what, and why. */
  Explanation explain();

  /** Closes sessions, plans and files. Idempotent. */
  @Override
  void close();
}
