package dev.gatun.gpuengine.compile;

import dev.gatun.engine.memory.Operand;
import dev.gatun.engine.size.Extent;
import dev.gatun.graph.Graph;
import dev.gatun.graph.Node;
import dev.gatun.tensor.DType;
import dev.gatun.tensor.Tensor;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Objects;

/**
 * A node that the host runs, because its results tell their sizes or because it chooses which
 * subgraph runs: its inputs are read back, and its results are copied to the device. Subgraphs run
 * on the device.
 *
 * @param inputs in the node's order
 * @param outputs in the node's order; each has a place on the device
 * @param bodies the node's subgraphs, and each as it is compiled: captured constants are constants
 */
public record HostStep(
    Node work, List<Place> inputs, List<Place> outputs, IdentityHashMap<Graph, Graph> bodies)
    implements Step {
  /**
   * Where a value is.
   *
   * @param at null for a constant and for an absent input
   * @param constant null for what is computed
   */
  public record Place(Operand at, Tensor constant, DType dtype, List<Extent> dims) {
    public Place {
      dims = List.copyOf(dims);
    }
  }

  public HostStep {
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
  }

  @Override
  public String node() {
    return work.name();
  }

  @Override
  public String unit() {
    return (bodies.isEmpty() ? "host." : "engine.") + work.op().type();
  }

  @Override
  public List<Operand> touched() {
    List<Place> places = new ArrayList<>(inputs);
    places.addAll(outputs);
    return places.stream().map(Place::at).filter(Objects::nonNull).toList();
  }
}
