package dev.gatun.formats.onnx;

import dev.gatun.formats.onnx.Imported.Computed;
import dev.gatun.graph.Value;
import dev.gatun.graph.ValueType;
import dev.gatun.graph.op.ForeignOp;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Operators that Gatun does not know. */
final class Foreign {
  private Foreign() {}

  /** Carries a node as it is, when the file says what it gives. */
  static List<Imported> carry(GraphImporter graph, OnnxNode node) {
    var scope = new NodeScope(graph, graph.builder(), node);
    List<Value> inputs = new ArrayList<>();
    for (int i = 0; i < node.inputs().size(); i++) {
      inputs.add(scope.optional(i));
    }
    List<ValueType> types = new ArrayList<>();
    for (String output : node.outputs()) {
      types.add(
          graph
              .declared(output)
              .orElseThrow(() ->
                  scope.unsupported(
                      "Gatun does not know this operator%s, and the file does not say the type of '%s'"
                          .formatted(
                              node.domain().isEmpty() ? "" : " of " + node.domain(), output))));
    }
    Map<String, Object> attributes = ForeignAttributes.of(node);
    var op =
        new ForeignOp(
            node.domain(),
            node.type(),
            Math.toIntExact(graph.version(node.domain())),
            attributes,
            List.of(),
            types);
    return scope.nodes(op, inputs).stream().<Imported>map(Computed::new).toList();
  }
}
