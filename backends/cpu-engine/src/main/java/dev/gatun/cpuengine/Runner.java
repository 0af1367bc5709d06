package dev.gatun.cpuengine;

import dev.gatun.cpuengine.compile.Program;
import dev.gatun.cpuengine.compile.Region;
import dev.gatun.cpuengine.step.Host;
import dev.gatun.cpuengine.step.HostStep;
import dev.gatun.cpuengine.team.WorkerTeam;
import dev.gatun.runtime.spi.ExecutableSession.NodeTiming;
import dev.gatun.runtime.spi.ExecutableSession.TimelineEvent;
import java.util.ArrayList;
import java.util.List;

/**
 * Runs a program: regions on the worker team, and between them, alone, the steps that bind sizes or
 * run subgraphs.
 */
final class Runner {
  private final List<Stretch> stretches = new ArrayList<>();
  private final WorkerTeam team;
  private final Host host;
  private final StepProfile profile;

  /** Regions that follow each other, or one step that runs alone. */
  private sealed interface Stretch {}

  private record Alone(HostStep step) implements Stretch {}

  /** All workers walk the regions together; in each they claim pieces of work as they come. */
  private final class Shared implements Stretch, WorkerTeam.Job {
    private final Region[] regions;

    Shared(List<Region> regions) {
      this.regions = regions.toArray(Region[]::new);
    }

    @Override
    public void run(int worker) {
      int threads = team.threads();
      int stage = 0;
      for (Region region : regions) {
        int pieces = region.chunks(host.frame(), threads);
        if (pieces == 0) {
          continue;
        }
        for (int piece = team.claim(stage, pieces); piece >= 0; piece = team.claim(stage, pieces)) {
          region.run(host.frame(), threads, piece, worker, profile);
          team.finish(stage, pieces);
        }
        if (!team.await(worker, stage)) {
          return;
        }
        stage++;
      }
    }
  }

  Runner(Program program, WorkerTeam team, Host host, boolean profiled) {
    this.team = team;
    this.host = host;
    profile = profiled ? new StepProfile(program, team.threads()) : null;
    List<Region> open = new ArrayList<>();
    for (Region region : program.regions()) {
      if (region.alone() == null) {
        open.add(region);
        continue;
      }
      share(open);
      stretches.add(new Alone(region.alone()));
    }
    share(open);
  }

  private void share(List<Region> open) {
    if (!open.isEmpty()) {
      stretches.add(new Shared(open));
      open.clear();
    }
  }

  void run() {
    if (profile != null) {
      profile.begin();
    }
    for (int i = 0; i < stretches.size(); i++) {
      switch (stretches.get(i)) {
        case Shared shared -> team.run(shared);
        case Alone(HostStep step) -> alone(step);
      }
    }
    if (profile != null) {
      profile.runs++;
    }
  }

  private void alone(HostStep step) {
    long start = System.nanoTime();
    step.run(host);
    if (profile != null) {
      profile.recordAlone(step, System.nanoTime() - start);
    }
  }

  List<TimelineEvent> timeline() {
    return profile == null ? List.of() : profile.timeline();
  }

  List<NodeTiming> timings() {
    return profile == null ? List.of() : profile.timings();
  }
}
