package dev.gatun.formats.onnx;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Operators that the model defines itself: the nodes of the function take the call's place. */
final class Functions {
  private Functions() {}

  static Optional<List<Imported>> call(GraphImporter graph, OnnxNode node) {
    for (OnnxFunction function : graph.context().model().functions()) {
      if (function.name().equals(node.type()) && function.domain().equals(node.domain())) {
        graph.context().enter(1, node);
        List<Imported> results = inline(graph, node, function);
        graph.context().enter(-1, node);
        return Optional.of(results);
      }
    }
    return Optional.empty();
  }

  private static List<Imported> inline(GraphImporter graph, OnnxNode node, OnnxFunction function) {
    Map<String, Long> opsets = new HashMap<>(graph.context().model().opsets());
    opsets.putAll(function.opsets());
    GraphImporter body = graph.function(opsets);
    for (int i = 0; i < function.inputs().size(); i++) {
      if (i < node.inputs().size() && !node.inputs().get(i).isEmpty()) {
        body.define(
            function.inputs().get(i), graph.named(node.inputs().get(i), node), node.offset());
      }
    }
    Map<String, OnnxAttribute> given = new HashMap<>(function.defaults());
    given.putAll(node.attributes());
    for (OnnxNode inner : function.nodes()) {
      body.run(resolved(inner, given, body, node.outputs().getFirst()));
    }
    List<Imported> results = new ArrayList<>();
    for (String output : function.outputs()) {
      results.add(
          body.find(output)
              .orElseThrow(() ->
                  graph.bad(
                      node.offset(),
                      "no node of function '%s' gives its output '%s'"
                          .formatted(function.name(), output))));
    }
    return results;
  }

  /** The node with the call's attributes; an input that the call leaves out is absent. */
  private static OnnxNode resolved(
      OnnxNode inner, Map<String, OnnxAttribute> given, GraphImporter body, String call) {
    Map<String, OnnxAttribute> attributes = new HashMap<>();
    inner
        .attributes()
        .forEach((name, attribute) -> {
          if (!(attribute instanceof OnnxAttribute.Reference(String wanted))) {
            attributes.put(name, attribute);
          } else if (given.containsKey(wanted)) {
            attributes.put(name, given.get(wanted));
          }
        });
    List<String> inputs =
        inner.inputs().stream().map(name -> body.find(name).isPresent() ? name : "").toList();
    return new OnnxNode(
        inner.name().isEmpty() ? call : call + "." + inner.name(),
        inner.domain(),
        inner.type(),
        inputs,
        inner.outputs(),
        attributes,
        inner.offset());
  }
}
