package dev.gatun.runtime.plan;

import dev.gatun.graph.Graph;
import dev.gatun.graph.Node;
import dev.gatun.graph.Value;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Topological orders that are worth cutting: the graph's own, and for each device one that starts
 * there and runs as many nodes in a row as one device takes (a list schedule), so that parallel
 * branches of different devices do not alternate. Nodes that share a state keep their order.
 */
final class Orders {
  private final Graph graph;
  private final List<BitSet> accepted;

  Orders(Graph graph, List<BitSet> accepted) {
    this.graph = graph;
    this.accepted = accepted;
  }

  List<List<Node>> all() {
    Set<List<Node>> orders = new LinkedHashSet<>();
    orders.add(graph.nodes());
    for (int first = 0; first < accepted.size(); first++) {
      orders.add(grouped(first));
    }
    return List.copyOf(orders);
  }

  /** Starts with as many nodes as possible of one device. */
  private List<Node> grouped(int first) {
    Map<Integer, Set<Integer>> waiting = new HashMap<>();
    Map<Integer, List<Integer>> followers = new HashMap<>();
    predecessors(waiting, followers);
    TreeMap<Integer, Node> ready = new TreeMap<>();
    for (Node node : graph.nodes()) {
      if (waiting.get(node.id()).isEmpty()) {
        ready.put(node.id(), node);
      }
    }
    List<Node> order = new ArrayList<>();
    BitSet current = new BitSet();
    current.set(first);
    while (!ready.isEmpty()) {
      BitSet possible = current;
      Optional<Node> next =
          ready.values().stream().filter(node -> takenBy(node).intersects(possible)).findFirst();
      if (next.isEmpty()) {
        current = allDevices();
        next = Optional.of(ready.firstEntry().getValue());
      }
      Node node = next.get();
      BitSet left = takenBy(node);
      left.and(current);
      current = left.isEmpty() ? allDevices() : left;
      ready.remove(node.id());
      order.add(node);
      for (int follower : followers.getOrDefault(node.id(), List.of())) {
        waiting.get(follower).remove(node.id());
        if (waiting.get(follower).isEmpty()) {
          ready.put(follower, graph.nodes().get(follower));
        }
      }
    }
    return order;
  }

  private void predecessors(
      Map<Integer, Set<Integer>> waiting, Map<Integer, List<Integer>> followers) {
    Map<String, Integer> stateUser = new HashMap<>();
    for (Node node : graph.nodes()) {
      Set<Integer> before = new HashSet<>();
      for (Value input : node.inputs()) {
        graph.producer(input).ifPresent(producer -> before.add(producer.id()));
      }
      GraphCutter.stateOf(node)
          .map(state -> stateUser.put(state, node.id()))
          .ifPresent(before::add);
      waiting.put(node.id(), before);
      before.forEach(id -> followers.computeIfAbsent(id, _ -> new ArrayList<>()).add(node.id()));
    }
  }

  private BitSet takenBy(Node node) {
    BitSet devices = new BitSet();
    for (int device = 0; device < accepted.size(); device++) {
      devices.set(device, accepted.get(device).get(node.id()));
    }
    return devices;
  }

  private BitSet allDevices() {
    BitSet all = new BitSet();
    all.set(0, accepted.size());
    return all;
  }
}
