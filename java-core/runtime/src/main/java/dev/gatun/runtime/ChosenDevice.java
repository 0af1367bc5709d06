package dev.gatun.runtime;

import dev.gatun.runtime.plan.Plan;
import dev.gatun.runtime.plan.TrialRunner;
import dev.gatun.runtime.spi.Finding;

/** Lets one device win every trial, because a setting says so. */
record ChosenDevice(String id) implements TrialRunner {
  @Override
  public Trial run(Plan plan, long enough) {
    boolean chosen = plan.slices().getFirst().device().info().id().equals(id);
    return new Trial(
        Finding.good(
            Finding.Stage.MEASURED,
            chosen
                ? "chosen by the setting " + Settings.PLAN_TRIAL
                : "not chosen by the setting " + Settings.PLAN_TRIAL),
        chosen ? 0 : Long.MAX_VALUE);
  }
}
