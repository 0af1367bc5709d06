package dev.gatun.graph.pass;

import dev.gatun.graph.Graph;

/**
 * The passes that pay on every backend, in order: {@link DeadCodeElimination}, {@link
 * ConstantFolding}, {@link CommonSubexpressions}, {@link OpFusion}, {@link ConvolutionFolding}.
 * Inputs and outputs keep names and types. Results may differ by the rounding of single-precision
 * constants.
 */
public final class GraphOptimizer {
  private GraphOptimizer() {}

  /** The optimized graph. */
  public static Graph apply(Graph graph) {
    Graph folded = ConstantFolding.apply(DeadCodeElimination.apply(graph));
    Graph unique = CommonSubexpressions.apply(DeadCodeElimination.apply(folded));
    return DeadCodeElimination.apply(ConvolutionFolding.apply(OpFusion.apply(unique)))
        .withOrigin(graph.origin());
  }
}
