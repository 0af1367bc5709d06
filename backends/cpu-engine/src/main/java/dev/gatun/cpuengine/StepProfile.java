package dev.gatun.cpuengine;

import dev.gatun.cpuengine.compile.Program;
import dev.gatun.cpuengine.step.Step;
import dev.gatun.cpuengine.step.StepInfo;
import dev.gatun.cpuengine.step.StepTimer;
import dev.gatun.runtime.spi.ExecutableSession.NodeTiming;
import dev.gatun.runtime.spi.ExecutableSession.TimelineEvent;
import java.util.ArrayList;
import java.util.Arrays;
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
  private final Track[] tracks;
  private final int threads;
  long runs;

  StepProfile(Program program, int threads) {
    steps = program.steps();
    this.threads = threads;
    for (int i = 0; i < steps.size(); i++) {
      index.put(steps.get(i), i);
    }
    nanoseconds = new long[threads][steps.size() + PAD];
    tracks = new Track[threads];
    for (int worker = 0; worker < threads; worker++) {
      tracks[worker] = new Track();
    }
  }

  /** What one worker did in the last run. Grows to the longest run's length. */
  private static final class Track {
    private static final int FIELDS = 3;
    private long[] events = new long[FIELDS * 64];
    private int used;

    void add(int step, long start, long elapsed) {
      if (used == events.length) {
        events = Arrays.copyOf(events, 2 * used);
      }
      events[used] = step;
      events[used + 1] = start;
      events[used + 2] = elapsed;
      used += FIELDS;
    }
  }

  /** A run begins: the timeline of the one before is forgotten. */
  void begin() {
    for (Track track : tracks) {
      track.used = 0;
    }
  }

  @Override
  public void record(Step step, int worker, long elapsed) {
    int at = index.get(step);
    nanoseconds[worker][at] += elapsed;
    tracks[worker].add(at, System.nanoTime() - elapsed, elapsed);
  }

  /** A step for which the other workers wait: its time counts for all. */
  void recordAlone(Step step, long elapsed) {
    record(step, 0, elapsed);
    nanoseconds[0][index.get(step)] += elapsed * (threads - 1);
  }

  /** What ran when in the last run, worker by worker. */
  List<TimelineEvent> timeline() {
    List<TimelineEvent> timeline = new ArrayList<>();
    for (int worker = 0; worker < threads; worker++) {
      Track track = tracks[worker];
      for (int i = 0; i < track.used; i += Track.FIELDS) {
        StepInfo info = steps.get((int) track.events[i]).info();
        timeline.add(
            new TimelineEvent(
                info.nodes().getFirst(),
                info.unit(),
                worker,
                track.events[i + 1],
                track.events[i + 2]));
      }
    }
    return timeline;
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
