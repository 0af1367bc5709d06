package dev.gatun.runtime.plan;

import dev.gatun.graph.Dim;
import dev.gatun.graph.Node;
import dev.gatun.graph.Value;
import dev.gatun.graph.op.ForeignOp;
import dev.gatun.graph.op.If;
import dev.gatun.graph.op.Loop;
import dev.gatun.graph.op.Scan;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Sizes that data tell, and where they keep a graph from being cut. A slice learns such a size from
 * a value of that very extent that it is handed, or finds it. So a node that has the size in a sum
 * or multiple alone, or in none of its inputs, stays with the last node before it that knows it.
 */
final class DataSizes {
  private DataSizes() {}

  /**
   * Places of an order before which it cannot be cut.
   *
   * @param from the first, behind a node that knows a size
   * @param to behind the last: the node that needs it
   */
  record Span(int from, int to) {}

  /**
   * All spans.
   *
   * @param order nodes in topological order
   */
  static List<Span> spans(List<Node> order) {
    List<Span> spans = new ArrayList<>();
    Map<String, Integer> known = new HashMap<>();
    for (int i = 0; i < order.size(); i++) {
      Node node = order.get(i);
      Set<String> told = new HashSet<>();
      node.inputs().forEach(value -> addPlain(value, told));
      for (String symbol : worksWith(node, known.keySet())) {
        Integer before = known.put(symbol, i);
        if (before != null && !told.contains(symbol)) {
          spans.add(new Span(before + 1, i + 1));
        }
      }
    }
    return spans;
  }

  /** What bodies work with is not looked at: they may need every size. */
  private static Set<String> worksWith(Node node, Set<String> known) {
    Set<String> symbols = new HashSet<>(hasBodies(node) ? known : Set.of());
    Stream.concat(node.inputs().stream(), node.outputs().stream())
        .filter(value -> !value.isAbsent())
        .flatMap(value -> value.type().dims().stream())
        .forEach(dim -> {
          switch (dim) {
            case Dim.Fixed _ -> {}
            case Dim.Symbol symbol -> add(symbol, symbols);
            case Dim.Affine affine -> affine.terms().forEach(term -> add(term.symbol(), symbols));
          }
        });
    return symbols;
  }

  private static boolean hasBodies(Node node) {
    return switch (node.op()) {
      case If _, Loop _, Scan _ -> true;
      case ForeignOp op -> !op.subgraphs().isEmpty();
      default -> false;
    };
  }

  private static void add(Dim.Symbol symbol, Set<String> symbols) {
    if (symbol.dataDependent()) {
      symbols.add(symbol.name());
    }
  }

  private static void addPlain(Value value, Set<String> symbols) {
    if (!value.isAbsent()) {
      for (Dim dim : value.type().dims()) {
        if (dim instanceof Dim.Symbol symbol) {
          add(symbol, symbols);
        }
      }
    }
  }
}
