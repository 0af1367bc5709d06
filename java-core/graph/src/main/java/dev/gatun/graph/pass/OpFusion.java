package dev.gatun.graph.pass;

import dev.gatun.graph.Graph;
import dev.gatun.graph.GraphException;
import dev.gatun.graph.Node;
import dev.gatun.graph.Value;
import java.util.List;
import java.util.Optional;

/** Replaces groups of nodes by ops that backends run in one go. A new group: a {@link Fusion}. */
public final class OpFusion {
  private static final List<Fusion> ALL =
      List.of(
          new LayerNormalizationFusion(),
          new RmsNormalizationFusion(),
          new GeluFusion(),
          new AttentionFusion());

  private OpFusion() {}

  /** The graph with fused ops, or the same object when nothing fits. */
  public static Graph apply(Graph graph) {
    Pattern pattern = new Pattern(graph);
    GraphCopy copy = new GraphCopy(graph.name());
    graph.inputs().forEach(copy::input);
    graph.constants().forEach(copy::constant);
    copy.states(graph, graph.nodes());
    boolean changed = false;
    for (Node node : graph.nodes()) {
      Optional<Fusion.Replacement> found = match(node, pattern);
      if (found.isEmpty()) {
        copy.node(node);
        continue;
      }
      Value made = found.get().build(copy.builder(), node.output().name(), copy::copy);
      if (!made.type().equals(node.output().type()) || !made.name().equals(node.output().name())) {
        throw new GraphException("fusing '%s' gave %s".formatted(node.output(), made));
      }
      copy.replace(node.output(), made);
      changed = true;
    }
    graph.outputs().forEach(copy::output);
    return changed ? DeadCodeElimination.apply(copy.build()) : graph;
  }

  private static Optional<Fusion.Replacement> match(Node node, Pattern pattern) {
    if (node.outputs().size() != 1) {
      return Optional.empty();
    }
    for (Fusion fusion : ALL) {
      Optional<Fusion.Replacement> found = fusion.match(node, pattern);
      if (found.isPresent()) {
        return found;
      }
    }
    return Optional.empty();
  }
}
