package dev.gatun.graph;

import dev.gatun.graph.op.Attention;
import dev.gatun.graph.op.Op.TypedShape;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The work of each node of a graph at given sizes.
 *
 * @param nodes in the graph's order
 */
public record CostSummary(String graph, Map<String, Long> sizes, List<NodeCost> nodes) {
  /** What a size that depends on data is taken for. */
  private static final long UNKNOWN = 256;

  /** The work of one node. */
  public record NodeCost(Node node, Cost cost) {}

  public CostSummary {
    sizes = Map.copyOf(sizes);
    nodes = List.copyOf(nodes);
  }

  /**
   * Counts the work of one run.
   *
   * @param sizes of the symbols; one that is missing has its maximum
   * @param past positions that the sequence has stored before the run
   * @throws GraphException when a size lies outside a symbol's bounds
   */
  public static CostSummary of(Graph graph, Map<String, Long> sizes, long past) {
    return new CostSummary(graph.name(), sizes, count(graph, new Bindings(sizes), past));
  }

  /** The work of one run of a subgraph; for the ops that have one. */
  public static Cost ofSubgraph(Graph body, List<TypedShape> inputs) {
    Bindings bindings = new Bindings();
    bindings.bind(
        body.inputs(), inputs.stream().map(in -> in == null ? null : in.shape()).toList());
    return sum(count(body, bindings, 0));
  }

  /** All nodes together. */
  public Cost total() {
    return sum(nodes);
  }

  /** A table: one line per node, then the sum. */
  @Override
  public String toString() {
    var text = new StringBuilder("%s at %s%n".formatted(graph, sizes));
    text.append(
        "%-40s %12s %14s %14s%n".formatted("node", "MFLOP", "weight KiB", "activation KiB"));
    for (NodeCost each : nodes) {
      line(text, each.node().name(), each.cost());
    }
    line(text, "total", total());
    return text.toString();
  }

  private static void line(StringBuilder text, String name, Cost cost) {
    text.append(
        "%-40s %12.3f %14.1f %14.1f%n"
            .formatted(
                name,
                cost.flops() / 1e6,
                cost.weightBytes() / 1024,
                cost.activationBytes() / 1024));
  }

  private static Cost sum(List<NodeCost> nodes) {
    Cost sum = Cost.NONE;
    for (NodeCost each : nodes) {
      sum = sum.plus(each.cost());
    }
    return sum;
  }

  private static List<NodeCost> count(Graph graph, Bindings bindings, long past) {
    List<NodeCost> costs = new ArrayList<>();
    for (Node node : graph.nodes()) {
      List<TypedShape> inputs = shapes(graph, node.inputs(), bindings);
      List<TypedShape> outputs = shapes(graph, node.outputs(), bindings);
      Cost cost =
          node.op() instanceof Attention attention
              ? attention.cost(inputs, outputs, past)
              : node.op().cost(inputs, outputs);
      costs.add(new NodeCost(node, cost));
    }
    return costs;
  }

  private static List<TypedShape> shapes(Graph graph, List<Value> values, Bindings bindings) {
    List<TypedShape> shapes = new ArrayList<>();
    for (Value value : values) {
      if (value.isAbsent()) {
        shapes.add(null);
        continue;
      }
      for (Dim dim : value.type().dims()) {
        bindMissing(dim, bindings);
      }
      shapes.add(
          new TypedShape(
              value.type().dtype(),
              bindings.shape(value.type()),
              graph.constant(value).isPresent()));
    }
    return shapes;
  }

  private static void bindMissing(Dim dim, Bindings bindings) {
    switch (dim) {
      case Dim.Fixed ignored -> {}
      case Dim.Symbol symbol -> {
        if (!bindings.sizes().containsKey(symbol.name())) {
          bindings.putIfAbsent(
              Map.of(
                  symbol.name(),
                  symbol.dataDependent()
                      ? Math.clamp(UNKNOWN, symbol.min(), symbol.max())
                      : symbol.max()));
        }
      }
      case Dim.Affine affine ->
          affine.terms().forEach(term -> bindMissing(term.symbol(), bindings));
    }
  }
}
