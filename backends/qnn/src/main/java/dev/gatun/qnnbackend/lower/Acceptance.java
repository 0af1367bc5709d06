package dev.gatun.qnnbackend.lower;

import dev.gatun.graph.Graph;
import dev.gatun.graph.Node;
import dev.gatun.qnn.QnnOp;
import java.util.Optional;
import java.util.function.Function;

/** Which nodes {@link Lowering} writes and the library takes, and why not the others. */
public final class Acceptance {
  private final CodedGraph coded;
  private final LoweringOptions options;
  private final Function<QnnOp, Optional<String>> library;

  /**
   * Of a graph's nodes.
   *
   * @param library the library's own word on an operator
   */
  public Acceptance(
      Graph graph, LoweringOptions options, Function<QnnOp, Optional<String>> library) {
    coded = CodedGraph.of(graph, options.observe());
    this.options = options;
    this.library = library;
  }

  /** Why the node is refused; empty when it is accepted, or a part of another one. */
  public Optional<String> refusal(Node node) {
    return coded.node(node).flatMap(this::lowered);
  }

  private Optional<String> lowered(Node node) {
    try {
      for (QnnOp op : Lowering.alone(coded, node, options)) {
        Optional<String> refused = library.apply(op);
        if (refused.isPresent()) {
          return Optional.of(
              "QNN refuses %s on %s: %s"
                  .formatted(
                      op.type(),
                      op.inputs().stream().map(each -> each.elements() + "" + each.dims()).toList(),
                      refused.get()));
        }
      }
      return Optional.empty();
    } catch (Refused e) {
      return Optional.of(e.getMessage());
    }
  }
}
