package dev.gatun.cpuengine.compile;

import dev.gatun.cpuengine.step.Frame;
import dev.gatun.cpuengine.step.HostStep;
import dev.gatun.cpuengine.step.Step;
import dev.gatun.cpuengine.step.StepTimer;
import java.util.List;

/** Lanes that run at once; a barrier follows. */
public final class Region {
  private final Lane[] lanes;

  Region(List<Lane> lanes) {
    this.lanes = lanes.toArray(Lane[]::new);
  }

  /** The steps of all lanes. */
  public List<Step> steps() {
    return java.util.Arrays.stream(lanes).flatMap(lane -> lane.steps.stream()).toList();
  }

  /** The step that runs alone here; null when workers share the region. */
  public HostStep alone() {
    return lanes.length == 1 && lanes[0].steps.getFirst() instanceof HostStep step ? step : null;
  }

  /** Number of pieces that workers can claim in the current submission. */
  public int chunks(Frame frame, int threads) {
    int count = 0;
    for (Lane lane : lanes) {
      count += chunks(lane, frame, threads);
    }
    return count;
  }

  private static int chunks(Lane lane, Frame frame, int threads) {
    int units = lane.units(frame);
    if (units == 0) {
      return 0;
    }
    int chunk = lane.chunk(frame, threads);
    return (units + chunk - 1) / chunk;
  }

  /** Runs one piece. */
  public void run(Frame frame, int threads, int piece, int worker, StepTimer timer) {
    int left = piece;
    for (Lane lane : lanes) {
      int count = chunks(lane, frame, threads);
      if (left < count) {
        int chunk = lane.chunk(frame, threads);
        int from = left * chunk;
        lane.run(frame, from, Math.min(lane.units(frame), from + chunk), worker, timer);
        return;
      }
      left -= count;
    }
  }
}
