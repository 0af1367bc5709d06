package dev.gatun.cpuengine.team;

import java.util.HashMap;
import java.util.Map;

/**
 * The worker teams of one runtime, one per size: usually a single one. Thread-safe; {@link #close}
 * is idempotent.
 */
public final class WorkerTeams implements AutoCloseable {
  private final Map<Integer, WorkerTeam> teams = new HashMap<>();

  /** No team yet: each starts when it is first asked for. */
  public WorkerTeams() {}

  /** The team of this size; its threads sleep while it has nothing to do. */
  public synchronized WorkerTeam of(int threads) {
    return teams.computeIfAbsent(threads, WorkerTeam::new);
  }

  @Override
  public synchronized void close() {
    teams.values().forEach(WorkerTeam::close);
    teams.clear();
  }
}
