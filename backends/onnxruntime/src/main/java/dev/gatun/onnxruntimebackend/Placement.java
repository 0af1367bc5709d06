package dev.gatun.onnxruntimebackend;

import dev.gatun.graph.Node;
import dev.gatun.onnxruntime.NodeAssignment;
import dev.gatun.runtime.spi.Executable.NodePlacement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Where the library says that it runs each node. It reports the nodes that its basic optimizations
 * left, some under names of its own: a node of ours that is not among them was folded or merged.
 *
 * @param nodes one per node of the slice
 * @param strayed nodes that another execution provider than the device's runs
 */
record Placement(List<NodePlacement> nodes, List<NodePlacement> strayed) {
  /**
   * @param slice the nodes that were to be placed
   * @param names names of the graph's nodes by those of the model's; those that are missing are the
   *     same
   * @param wanted the execution provider of the device; empty when any will do
   */
  static Placement of(
      List<Node> slice,
      List<NodeAssignment> assignments,
      Map<String, String> names,
      Optional<String> wanted) {
    Map<String, String> units = new HashMap<>();
    List<NodePlacement> strayed = new ArrayList<>();
    for (NodeAssignment assignment : assignments) {
      String node = names.getOrDefault(assignment.node(), assignment.node());
      boolean astray = wanted.isPresent() && !assignment.provider().equals(wanted.get());
      String unit = assignment.provider() + "." + assignment.operator();
      if (astray) {
        strayed.add(new NodePlacement(node, unit));
      }
      // Of several nodes that ours became, the one that went astray counts.
      if (astray || !units.containsKey(node)) {
        units.put(node, unit);
      }
    }
    Set<String> providers =
        assignments.stream().map(NodeAssignment::provider).collect(Collectors.toSet());
    String merged = providers.size() == 1 ? providers.iterator().next() : "merged";
    List<NodePlacement> nodes = new ArrayList<>();
    for (Node node : slice) {
      // A node that importing made of one is called after it: NAME.STEP.
      int dot = node.name().lastIndexOf('.');
      String whole = dot < 0 ? node.name() : node.name().substring(0, dot);
      String unit = units.getOrDefault(node.name(), units.getOrDefault(whole, merged));
      nodes.add(new NodePlacement(node.name(), unit));
    }
    return new Placement(List.copyOf(nodes), List.copyOf(strayed));
  }
}
