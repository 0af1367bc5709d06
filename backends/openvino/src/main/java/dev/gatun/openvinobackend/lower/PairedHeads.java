package dev.gatun.openvinobackend.lower;

import dev.gatun.graph.Graph;
import dev.gatun.graph.Node;
import dev.gatun.graph.Value;
import dev.gatun.graph.op.Attention;
import dev.gatun.graph.op.MatMul;
import dev.gatun.graph.op.RotaryEmbedding;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Queries and keys whose elements turn in neighbouring pairs, and which nothing sees but attention:
 * the rows of their weights can be stored so that they turn as halves, which compilers fuse. Scores
 * are the same, since queries and keys are in the same order.
 */
final class PairedHeads {
  private final Map<Integer, Rows> rows = new HashMap<>();
  private final Map<Integer, Boolean> rotations = new HashMap<>();

  private PairedHeads() {}

  static PairedHeads of(Graph graph, Set<String> observed) {
    PairedHeads found = new PairedHeads();
    Map<Integer, List<Node>> readers = readers(graph);
    for (Node node : graph.nodes()) {
      if (node.op() instanceof Attention op && op.spec().valueDim() > 0) {
        Optional<Node> q = rotation(graph, readers, observed, node.input(0));
        Optional<Node> k = rotation(graph, readers, observed, node.input(1));
        if (q.isPresent() && k.isPresent() && sameOrder(q.get(), k.get())) {
          found.add(graph, q.get());
          found.add(graph, k.get());
        }
      }
    }
    return found;
  }

  private static Map<Integer, List<Node>> readers(Graph graph) {
    Map<Integer, List<Node>> readers = new HashMap<>();
    for (Node node : graph.nodes()) {
      for (Value input : node.inputs()) {
        readers.computeIfAbsent(input.id(), absent -> new java.util.ArrayList<>()).add(node);
      }
    }
    return readers;
  }

  /** The rotation behind a value, when it stands alone on a product with constant weights. */
  private static Optional<Node> rotation(
      Graph graph, Map<Integer, List<Node>> readers, Set<String> observed, Value value) {
    return graph
        .producer(value)
        .filter(node -> node.op() instanceof RotaryEmbedding op && op.interleaved())
        .filter(node -> alone(graph, readers, observed, value))
        .filter(node -> alone(graph, readers, observed, node.input(0)))
        .filter(node ->
            graph
                .producer(node.input(0))
                .filter(product ->
                    product.op() instanceof MatMul op
                        && op.transposeB()
                        && product.input(1).type().rank() == 2
                        && graph.constant(product.input(1)).isPresent())
                .isPresent());
  }

  private static boolean alone(
      Graph graph, Map<Integer, List<Node>> readers, Set<String> observed, Value value) {
    return readers.getOrDefault(value.id(), List.of()).size() == 1
        && !graph.outputs().contains(value)
        && !observed.contains(value.name());
  }

  private static boolean sameOrder(Node a, Node b) {
    RotaryEmbedding x = (RotaryEmbedding) a.op();
    RotaryEmbedding y = (RotaryEmbedding) b.op();
    return x.headDim() == y.headDim() && x.offset() == y.offset() && x.rotaryDim() == y.rotaryDim();
  }

  private void add(Graph graph, Node rotation) {
    RotaryEmbedding op = (RotaryEmbedding) rotation.op();
    Node product = graph.producer(rotation.input(0)).orElseThrow();
    rows.put(product.id(), new Rows(op.headDim(), op.offset(), op.rotaryDim()));
    rotations.put(rotation.id(), true);
  }

  /** The order of a product's weights. */
  Rows rows(Node product) {
    return rows.getOrDefault(product.id(), Rows.PLAIN);
  }

  /** Whether what a rotation reads lies in halves. */
  boolean isPaired(Node rotation) {
    return rotations.containsKey(rotation.id());
  }
}
