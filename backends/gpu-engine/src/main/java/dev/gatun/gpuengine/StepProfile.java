package dev.gatun.gpuengine;

import dev.gatun.gpuengine.compile.GpuProgram;
import dev.gatun.gpuengine.compile.Step;
import dev.gatun.gpuengine.driver.GpuMark;
import dev.gatun.runtime.spi.ExecutableSession.NodeTiming;
import dev.gatun.runtime.spi.ExecutableSession.TimelineEvent;
import java.util.ArrayList;
import java.util.List;

/** Time per step, by the device's clock: from the mark before it to the mark after it. */
final class StepProfile {
  private final List<Step> steps;
  private final GpuMark[] marks;
  private final long[] total;
  private final long[] starts;
  private final long[] durations;
  private final long[] runs;
  private final boolean[] active;

  StepProfile(GpuProgram program) {
    steps = program.steps();
    marks = new GpuMark[steps.size() + 1];
    total = new long[steps.size()];
    starts = new long[steps.size()];
    durations = new long[steps.size()];
    runs = new long[steps.size()];
    active = new boolean[steps.size()];
  }

  /** Whether a step has anything to do in this run. */
  void active(int step, boolean runs) {
    active[step] = runs;
  }

  /** The place before a step, or behind the last. */
  void mark(int step, GpuMark mark) {
    marks[step] = mark;
  }

  /**
   * The device has done a run.
   *
   * @param begin when it was submitted, as {@link System#nanoTime} has it
   */
  void collect(long begin) {
    if (marks[0] == null) {
      return;
    }
    for (int i = 0; i < durations.length; i++) {
      starts[i] = begin + marks[i].nanosecondsSince(marks[0]);
      durations[i] = marks[i + 1].nanosecondsSince(marks[i]);
      if (active[i]) {
        total[i] += durations[i];
        runs[i]++;
      }
    }
    for (int i = 0; i < marks.length; i++) {
      marks[i].close();
      marks[i] = null;
    }
  }

  List<NodeTiming> timings() {
    List<NodeTiming> timings = new ArrayList<>();
    for (int i = 0; i < total.length; i++) {
      if (runs[i] > 0) {
        timings.add(new NodeTiming(steps.get(i).node(), steps.get(i).unit(), runs[i], total[i]));
      }
    }
    return timings;
  }

  List<TimelineEvent> timeline() {
    List<TimelineEvent> timeline = new ArrayList<>();
    for (int i = 0; i < durations.length; i++) {
      if (active[i]) {
        timeline.add(
            new TimelineEvent(
                steps.get(i).node(), steps.get(i).unit(), 0, starts[i], durations[i]));
      }
    }
    return timeline;
  }
}
