package dev.gatun.runtime.plan;

import dev.gatun.runtime.spi.Finding;

/** Measures how fast a plan of one device runs: the MEASURED stage. */
public interface TrialRunner {
  /**
   * The outcome of a trial.
   *
   * @param finding good with the figure in words, or bad with the failure
   * @param nanoseconds of a short prompt and as many tokens after it; meaningless when bad
   */
  record Trial(Finding finding, long nanoseconds) {}

  /**
   * Runs a trial, or recalls it.
   *
   * @param enough nanoseconds after which the trial may stop because the device has lost
   */
  Trial run(Plan plan, long enough);
}
