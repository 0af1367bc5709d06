package dev.gatun.qnnbackend.lower;

import dev.gatun.graph.Graph;
import dev.gatun.graph.Node;
import dev.gatun.qnn.QnnOp;
import java.util.Optional;
import java.util.function.Function;

/**
 * Which nodes {@link Lowering} writes and the library takes, and why not the others.
 *
 * @param library the library's own word on an operator
 */
public record Acceptance(
    Graph graph, LoweringOptions options, Function<QnnOp, Optional<String>> library) {
  /** Why the node is refused; empty when it is accepted. */
  public Optional<String> refusal(Node node) {
    try {
      for (QnnOp op : Lowering.alone(graph, node, options)) {
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
