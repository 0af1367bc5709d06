package dev.gatun.graph.pass;

import dev.gatun.graph.Graph;
import dev.gatun.graph.Node;
import dev.gatun.graph.Value;
import dev.gatun.graph.op.Attention;
import dev.gatun.graph.op.ForeignOp;
import dev.gatun.graph.op.If;
import dev.gatun.graph.op.Loop;
import dev.gatun.graph.op.Op;
import dev.gatun.graph.op.Scan;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Computes the same op of the same inputs once. */
public final class CommonSubexpressions {
  private record Key(Op op, List<Value> inputs) {}

  private CommonSubexpressions() {}

  /** The graph without repetitions, or the same object when it has none. */
  public static Graph apply(Graph graph) {
    GraphCopy copy = new GraphCopy(graph.name());
    graph.inputs().forEach(copy::input);
    graph.constants().forEach(copy::constant);
    copy.states(graph, graph.nodes());
    Set<Integer> outputs = new HashSet<>();
    graph.outputs().forEach(value -> outputs.add(value.id()));
    Map<Key, List<Value>> seen = new HashMap<>();
    boolean changed = false;
    for (Node node : graph.nodes()) {
      if (!isPure(node.op())) {
        copy.node(node);
        continue;
      }
      Key key = new Key(node.op(), node.inputs().stream().map(copy::copy).toList());
      List<Value> known = seen.get(key);
      boolean named = node.outputs().stream().anyMatch(value -> outputs.contains(value.id()));
      if (known == null || named) {
        copy.node(node);
        seen.putIfAbsent(key, node.outputs().stream().map(copy::copy).toList());
        continue;
      }
      changed = true;
      for (int i = 0; i < known.size(); i++) {
        copy.replace(node.outputs().get(i), known.get(i));
      }
    }
    graph.outputs().forEach(copy::output);
    return changed ? copy.build() : graph;
  }

  private static boolean isPure(Op op) {
    return switch (op) {
      case Attention attention -> attention.state().isEmpty();
      case If _, Loop _, Scan _, ForeignOp _ -> false;
      default -> true;
    };
  }
}
