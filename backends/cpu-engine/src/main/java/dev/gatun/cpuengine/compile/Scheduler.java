package dev.gatun.cpuengine.compile;

import dev.gatun.cpuengine.step.HostStep;
import dev.gatun.cpuengine.step.Step;
import dev.gatun.cpuengine.step.Step.Access;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;

/**
 * Groups steps into regions: greedily, each region takes every step whose predecessors have run, or
 * stand in a lane of the region that the step can follow.
 */
final class Scheduler {
  private final List<Step> steps;
  private final List<Set<Integer>> sizesRead;
  private final List<List<Dependency>> dependencies = new ArrayList<>();
  private final int[] regionOf;

  /**
   * @param step index of the step that must come first
   * @param aligned whether both touch the storage range by range
   */
  private record Dependency(int step, boolean aligned) {}

  /**
   * @param sizesRead per step, further storages that it reads: sizes that depend on data
   */
  Scheduler(List<Step> steps, List<Set<Integer>> sizesRead) {
    this.steps = steps;
    this.sizesRead = sizesRead;
    regionOf = new int[steps.size()];
    analyse();
  }

  /** Index of the region of a step. */
  int regionOf(int step) {
    return regionOf[step];
  }

  private void analyse() {
    record Touch(int step, boolean aligned) {}
    Map<Integer, Touch> writer = new HashMap<>();
    Map<Integer, List<Touch>> readers = new HashMap<>();
    for (int i = 0; i < steps.size(); i++) {
      Map<Integer, Boolean> found = new HashMap<>();
      for (Access read : steps.get(i).info().reads()) {
        Touch before = writer.get(read.storage());
        if (before != null) {
          found.merge(before.step(), before.aligned() && read.aligned(), Boolean::logicalAnd);
        }
      }
      for (int size : sizesRead.get(i)) {
        found.put(writer.get(size).step(), false);
      }
      for (Access write : steps.get(i).info().writes()) {
        Touch before = writer.get(write.storage());
        if (before != null) {
          found.merge(before.step(), before.aligned() && write.aligned(), Boolean::logicalAnd);
        }
        for (Touch reader : readers.getOrDefault(write.storage(), List.of())) {
          found.merge(reader.step(), reader.aligned() && write.aligned(), Boolean::logicalAnd);
        }
      }
      for (Access read : steps.get(i).info().reads()) {
        readers
            .computeIfAbsent(read.storage(), id -> new ArrayList<>())
            .add(new Touch(i, read.aligned()));
      }
      for (Access write : steps.get(i).info().writes()) {
        writer.put(write.storage(), new Touch(i, write.aligned()));
        readers.remove(write.storage());
      }
      List<Dependency> list = new ArrayList<>();
      found.forEach((step, aligned) -> list.add(new Dependency(step, aligned)));
      dependencies.add(list);
    }
  }

  List<Region> schedule() {
    List<List<Integer>> dependents = new ArrayList<>();
    int[] open = new int[steps.size()];
    var candidates = new PriorityQueue<Integer>();
    for (int i = 0; i < steps.size(); i++) {
      dependents.add(new ArrayList<>());
      open[i] = dependencies.get(i).size();
      if (open[i] == 0) {
        candidates.add(i);
      }
      for (Dependency dependency : dependencies.get(i)) {
        dependents.get(dependency.step()).add(i);
      }
    }
    List<Region> regions = new ArrayList<>();
    Set<Integer> done = new HashSet<>();
    while (!candidates.isEmpty()) {
      List<Lane> lanes = new ArrayList<>();
      Map<Integer, Lane> laneOf = new HashMap<>();
      List<Integer> rest = new ArrayList<>();
      while (!candidates.isEmpty()) {
        int i = candidates.remove();
        boolean alone = steps.get(i) instanceof HostStep;
        if (alone && !lanes.isEmpty()) {
          rest.add(i);
          continue;
        }
        if (!place(i, done, lanes, laneOf)) {
          rest.add(i);
          continue;
        }
        regionOf[i] = regions.size();
        for (int dependent : dependents.get(i)) {
          if (--open[dependent] == 0) {
            candidates.add(dependent);
          }
        }
        if (alone) {
          break;
        }
      }
      done.addAll(laneOf.keySet());
      regions.add(new Region(lanes));
      candidates.addAll(rest);
    }
    return regions;
  }

  /** Puts a step, whose predecessors are done or in a lane, into a lane if that can be. */
  private boolean place(int step, Set<Integer> done, List<Lane> lanes, Map<Integer, Lane> laneOf) {
    Set<Lane> before = new LinkedHashSet<>();
    for (Dependency dependency : dependencies.get(step)) {
      if (done.contains(dependency.step())) {
        continue;
      }
      if (!dependency.aligned()) {
        return false;
      }
      before.add(laneOf.get(dependency.step()));
    }
    if (before.isEmpty()) {
      Lane lane = Lane.of(steps.get(step));
      lanes.add(lane);
      laneOf.put(step, lane);
      return true;
    }
    Lane joined = join(before, steps.get(step));
    if (joined == null) {
      return false;
    }
    joined.add(steps.get(step));
    int at = lanes.indexOf(before.iterator().next());
    lanes.removeAll(before);
    lanes.add(Math.min(at, lanes.size()), joined);
    laneOf.replaceAll((other, lane) -> before.contains(lane) ? joined : lane);
    laneOf.put(step, joined);
    return true;
  }

  private static Lane join(Set<Lane> lanes, Step step) {
    Lane joined = null;
    for (Lane lane : lanes) {
      if (!lane.accepts(step)) {
        return null;
      }
      joined = joined == null ? lane : joined.merge(lane);
      if (joined == null) {
        return null;
      }
    }
    return joined.accepts(step) ? joined : null;
  }
}
