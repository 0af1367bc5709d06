package dev.gatun.gpuengine.compile;

import dev.gatun.engine.memory.Operand;
import dev.gatun.graph.Graph;
import dev.gatun.graph.Node;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Objects;

/**
 * A node that chooses which subgraph runs, and how often: the host decides, and the subgraphs run
 * on the device. Its inputs are read back, and its results are copied to the device.
 *
 * @param inputs in the node's order
 * @param outputs in the node's order; each has a place on the device
 * @param bodies the node's subgraphs, and each as it is compiled: captured constants are constants
 */
public record ControlStep(
    Node work, List<Place> inputs, List<Place> outputs, IdentityHashMap<Graph, Graph> bodies)
    implements Step {
  public ControlStep {
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
  }

  @Override
  public String node() {
    return work.name();
  }

  @Override
  public String unit() {
    return "engine." + work.op().type();
  }

  @Override
  public List<Operand> touched() {
    List<Place> places = new ArrayList<>(inputs);
    places.addAll(outputs);
    return places.stream().map(Place::at).filter(Objects::nonNull).toList();
  }
}
