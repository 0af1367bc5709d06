package dev.gatun.cpuengine.step;

/** Measures the steps of a profiled run. */
@FunctionalInterface
public interface StepTimer {
  void record(Step step, int worker, long nanoseconds);
}
