package dev.gatun.cpuengine;

import dev.gatun.cpuengine.compile.Program;
import dev.gatun.cpuengine.compile.Region;
import dev.gatun.cpuengine.step.Frame;
import dev.gatun.cpuengine.team.WorkerTeam;
import dev.gatun.runtime.spi.ExecutableSession.NodeTiming;
import java.util.List;

/**
 * Runs a program's regions on the worker team. All workers walk the regions together; in each they
 * claim pieces of work as they come.
 */
final class Runner implements WorkerTeam.Job {
  private final Region[] regions;
  private final WorkerTeam team;
  private final Frame frame;
  private final StepProfile profile;

  Runner(Program program, WorkerTeam team, Frame frame, boolean profiled) {
    regions = program.regions().toArray(Region[]::new);
    this.team = team;
    this.frame = frame;
    profile = profiled ? new StepProfile(program, team.threads()) : null;
  }

  void run() {
    team.run(this);
    if (profile != null) {
      profile.runs++;
    }
  }

  @Override
  public void run(int worker) {
    int threads = team.threads();
    int stage = 0;
    for (Region region : regions) {
      int pieces = region.chunks(frame, threads);
      if (pieces == 0) {
        continue;
      }
      for (int piece = team.claim(stage, pieces); piece >= 0; piece = team.claim(stage, pieces)) {
        region.run(frame, threads, piece, worker, profile);
        team.finish(stage, pieces);
      }
      if (!team.await(worker, stage)) {
        return;
      }
      stage++;
    }
  }

  List<NodeTiming> timings() {
    return profile == null ? List.of() : profile.timings();
  }
}
