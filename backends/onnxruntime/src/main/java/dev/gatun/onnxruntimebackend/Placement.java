package dev.gatun.onnxruntimebackend;

import dev.gatun.graph.Node;
import dev.gatun.onnxruntime.NodeAssignment;
import dev.gatun.runtime.spi.Executable.NodePlacement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Where the library says that it runs each node. It reports the nodes that its basic optimizations
 * left, some under names of its own: a node of ours that is not among them was folded or merged.
 *
 * @param nodes one per node of the slice
 * @param strayed nodes that another execution provider than the device's runs, as {@code NODE
 *     (PROVIDER)}
 */
record Placement(List<NodePlacement> nodes, List<String> strayed) {
  /**
   * @param slice the nodes that were to be placed
   * @param names names of the graph's nodes by those of the model's; those that are missing are the
   *     same
   * @param provider the execution provider of the device
   */
  static Placement of(
      List<Node> slice,
      List<NodeAssignment> assignments,
      Map<String, String> names,
      String provider) {
    Map<String, String> units = new HashMap<>();
    List<String> strayed = new ArrayList<>();
    for (NodeAssignment assignment : assignments) {
      String node = names.getOrDefault(assignment.node(), assignment.node());
      boolean astray = !assignment.provider().equals(provider);
      if (astray) {
        strayed.add("%s (%s, %s)".formatted(node, assignment.operator(), assignment.provider()));
      }
      // Of several nodes that ours became, the one that went astray counts.
      if (astray || !units.containsKey(node)) {
        units.put(node, assignment.provider() + "." + assignment.operator());
      }
    }
    String merged = strayed.isEmpty() ? provider : "merged";
    List<NodePlacement> nodes = new ArrayList<>();
    for (Node node : slice) {
      nodes.add(new NodePlacement(node.name(), units.getOrDefault(node.name(), merged)));
    }
    return new Placement(List.copyOf(nodes), List.copyOf(strayed));
  }
}
