package dev.gatun.cpuengine.step;

import java.util.List;

/**
 * What every step knows about itself.
 *
 * @param nodes names of the nodes that it stands for
 * @param unit what runs
 */
public record StepInfo(
    List<String> nodes, String unit, List<Step.Access> reads, List<Step.Access> writes) {
  public StepInfo {
    nodes = List.copyOf(nodes);
    reads = List.copyOf(reads);
    writes = List.copyOf(writes);
  }
}
