package dev.gatun.bench.task;

import dev.gatun.runtime.session.CompiledPlan;
import dev.gatun.runtime.spi.Roofline;
import java.util.Optional;

/** The limits of the device that runs a plan, when one device runs all of it. */
public final class Rooflines {
  private Rooflines() {}

  /** Measured now; empty when several devices run the plan, or when its device cannot tell. */
  public static Optional<Roofline> of(CompiledPlan plan) {
    return plan.plan().isSingle()
        ? plan.plan().slices().getFirst().device().roofline()
        : Optional.empty();
  }
}
