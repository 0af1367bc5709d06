package dev.gatun.runtime.session;

import dev.gatun.graph.Cost;
import dev.gatun.graph.CostSummary.NodeCost;
import dev.gatun.graph.Graph;
import dev.gatun.graph.Node;
import dev.gatun.graph.Value;
import dev.gatun.graph.op.Attention;
import dev.gatun.graph.op.Conv;
import dev.gatun.graph.op.MatMul;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * The work of nodes as a device times them: a vendor's compiler fuses a product into the node that
 * adds to it or bends it, and tells the time under that one's name, so that the product's work
 * counts there too. What is fused besides is little and is left out.
 */
final class FusedCosts {
  private final Graph graph;
  private final Set<String> timed;
  private final Map<Integer, List<Node>> consumers = new HashMap<>();

  private FusedCosts(Graph graph, Set<String> timed) {
    this.graph = graph;
    this.timed = timed;
    for (Node node : graph.nodes()) {
      for (Value input : node.inputs()) {
        if (!input.isAbsent()) {
          consumers.computeIfAbsent(input.id(), _ -> new ArrayList<>()).add(node);
        }
      }
    }
  }

  /**
   * The work of nodes by name.
   *
   * @param costs of every node
   * @param timed names of nodes that have a time
   */
  static Map<String, Cost> of(Graph graph, List<NodeCost> costs, Set<String> timed) {
    Map<String, Cost> sums = new HashMap<>();
    costs.forEach(each -> sums.put(each.node().name(), each.cost()));
    var fused = new FusedCosts(graph, timed);
    for (NodeCost each : costs) {
      if (!timed.contains(each.node().name()) && isProduct(each.node())) {
        fused
            .nearest(each.node())
            .forEach(node -> sums.merge(node.name(), each.cost(), Cost::plus));
      }
    }
    return sums;
  }

  private static boolean isProduct(Node node) {
    return switch (node.op()) {
      case MatMul _, Conv _, Attention _ -> true;
      default -> false;
    };
  }

  /** The timed node that a node flows into through others without a time, else that it comes of. */
  private List<Node> nearest(Node node) {
    List<Node> found = search(node, this::readers);
    return found.isEmpty() ? search(node, this::sources) : found;
  }

  private List<Node> search(Node from, Function<Node, List<Node>> next) {
    Set<Node> seen = new HashSet<>();
    Deque<Node> waiting = new ArrayDeque<>(next.apply(from));
    while (!waiting.isEmpty()) {
      Node node = waiting.removeFirst();
      if (timed.contains(node.name())) {
        return List.of(node);
      }
      // Another product has work of its own: what comes behind it is not fused with this one.
      if (seen.add(node) && !isProduct(node)) {
        waiting.addAll(next.apply(node));
      }
    }
    return List.of();
  }

  private List<Node> readers(Node node) {
    return node.outputs().stream()
        .flatMap(value -> consumers.getOrDefault(value.id(), List.of()).stream())
        .toList();
  }

  private List<Node> sources(Node node) {
    List<Node> sources = new ArrayList<>();
    for (Value input : node.inputs()) {
      if (!input.isAbsent()) {
        graph.producer(input).ifPresent(sources::add);
      }
    }
    return sources;
  }
}
