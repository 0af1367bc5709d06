package dev.gatun.graph.pass;

import dev.gatun.graph.Graph;
import dev.gatun.graph.GraphException;
import dev.gatun.graph.Node;
import dev.gatun.graph.Value;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Replaces groups of nodes by ops that backends run in one go. A new group: a {@link Fusion}. */
public final class OpFusion {
  private static final List<Fusion> ALL =
      List.of(
          new LayerNormalizationFusion(),
          new RmsNormalizationFusion(),
          new GeluFusion(),
          new AttentionFusion());

  private static final List<Fusion> ACCELERATORS =
      Stream.concat(ALL.stream(), Stream.of(new HardSwishFusion())).toList();

  private OpFusion() {}

  /** The graph with fused ops, or the same object when nothing fits. */
  public static Graph apply(Graph graph) {
    return apply(graph, ALL);
  }

  /** The same, and ops that accelerators have and processors compute in parts. */
  public static Graph applyAll(Graph graph) {
    return apply(graph, ACCELERATORS);
  }

  private static Graph apply(Graph graph, List<Fusion> fusions) {
    Pattern pattern = new Pattern(graph);
    GraphCopy copy = new GraphCopy(graph.name());
    graph.inputs().forEach(copy::input);
    graph.constants().forEach(copy::constant);
    copy.states(graph, graph.nodes());
    boolean changed = false;
    for (Node node : graph.nodes()) {
      Optional<Fusion.Replacement> found = match(node, pattern, fusions);
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

  private static Optional<Fusion.Replacement> match(
      Node node, Pattern pattern, List<Fusion> fusions) {
    if (node.outputs().size() != 1) {
      return Optional.empty();
    }
    for (Fusion fusion : fusions) {
      Optional<Fusion.Replacement> found = fusion.match(node, pattern);
      if (found.isPresent()) {
        return found;
      }
    }
    return Optional.empty();
  }
}
