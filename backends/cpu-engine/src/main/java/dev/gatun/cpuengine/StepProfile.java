package dev.gatun.cpuengine;

import dev.gatun.cpuengine.compile.Program;
import dev.gatun.cpuengine.step.Step;
import dev.gatun.cpuengine.step.StepTimer;
import dev.gatun.runtime.spi.ExecutableSession.NodeTiming;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;

/**
 * Time per step. A step's time is the sum over workers divided by their number: what it takes of
 * the elapsed time when the work is evenly shared. Waiting at barriers is not in it.
 */
final class StepProfile implements StepTimer {
  /** Longs between the counters of two workers. */
  private static final int PAD = 16;

  private final List<Step> steps;
  private final IdentityHashMap<Step, Integer> index = new IdentityHashMap<>();
  private final long[][] nanoseconds;
  private final int threads;
  long runs;

  StepProfile(Program program, int threads) {
    steps = program.steps();
    this.threads = threads;
    for (int i = 0; i < steps.size(); i++) {
      index.put(steps.get(i), i);
    }
    nanoseconds = new long[threads][steps.size() + PAD];
  }

  @Override
  public void record(Step step, int worker, long elapsed) {
    nanoseconds[worker][index.get(step)] += elapsed;
  }

  List<NodeTiming> timings() {
    List<NodeTiming> timings = new ArrayList<>();
    for (int i = 0; i < steps.size(); i++) {
      long sum = 0;
      for (long[] worker : nanoseconds) {
        sum += worker[i];
      }
      String node = steps.get(i).info().nodes().getFirst();
      timings.add(new NodeTiming(node, steps.get(i).info().unit(), runs, sum / threads));
    }
    return timings;
  }
}
