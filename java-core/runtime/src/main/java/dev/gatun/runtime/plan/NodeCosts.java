package dev.gatun.runtime.plan;

import dev.gatun.graph.Constant;
import dev.gatun.graph.Cost;
import dev.gatun.graph.CostSummary;
import dev.gatun.graph.CostSummary.NodeCost;
import dev.gatun.graph.Dim;
import dev.gatun.graph.Graph;
import dev.gatun.graph.ValueType;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Work of nodes and sizes of values, for shares and for cutting graphs. */
public final class NodeCosts {
  private NodeCosts() {}

  /** Sizes of the graph's symbols in the first profile's typical use. */
  public static Map<String, Long> typicalSizes(PlanRequest request) {
    return request.profiles().getFirst().typicalSizes(request.graph());
  }

  /** Work of one run of each node, by node id; a symbol without a size has its maximum. */
  public static List<Cost> of(Graph graph, Map<String, Long> sizes) {
    return CostSummary.of(graph, sizes, 0).nodes().stream().map(NodeCost::cost).toList();
  }

  /** Bytes of a value under these sizes; a symbol without a size has its maximum. */
  public static double bytes(ValueType type, Map<String, Long> sizes) {
    double elements = 1;
    for (Dim dim : type.dims()) {
      elements *= extent(dim, sizes);
    }
    return elements * type.dtype().bitsPerElement() / 8;
  }

  /** Bytes of a graph's constants in their stored formats. */
  public static long weightBytes(Graph graph) {
    long sum = 0;
    for (Constant constant : graph.constants()) {
      sum += constant.data().data().byteSize();
    }
    return sum;
  }

  private static double extent(Dim dim, Map<String, Long> sizes) {
    return switch (dim) {
      case Dim.Fixed(long size) -> size;
      case Dim.Symbol symbol -> sizes.getOrDefault(symbol.name(), symbol.max());
      case Dim.Affine affine -> {
        Map<String, Long> known = new HashMap<>(sizes);
        for (Dim.Term term : affine.terms()) {
          known.putIfAbsent(term.symbol().name(), term.symbol().max());
        }
        yield affine.resolve(known);
      }
    };
  }
}
