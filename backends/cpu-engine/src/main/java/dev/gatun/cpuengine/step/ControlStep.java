package dev.gatun.cpuengine.step;

import dev.gatun.graph.op.Array;
import java.util.List;

/**
 * A node whose results have sizes that depend on data, or that runs subgraphs: its op's reference
 * decides what happens; subgraphs are compiled programs.
 */
public record ControlStep(StepInfo info, ReferenceOp op) implements HostStep {
  @Override
  public void run(Host host) {
    List<Array> results = op.compute(host.frame(), 0, host::run);
    host.bind(op.node().outputs(), results.stream().map(Array::shape).toList());
    op.store(host.frame(), results);
  }
}
