package dev.gatun.formats.onnx.lower;

import dev.gatun.formats.onnx.OnnxAttribute;
import dev.gatun.formats.onnx.OnnxGraph;
import dev.gatun.formats.onnx.OnnxNode;
import dev.gatun.formats.onnx.OnnxTensor;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Drops nodes and tensors that nothing uses: runtimes would run and hold them. */
final class DeadNodes {
  private DeadNodes() {}

  static OnnxGraph drop(OnnxGraph graph) {
    Set<String> used = new HashSet<>();
    graph.outputs().forEach(output -> used.add(output.name()));
    List<OnnxNode> kept = new ArrayList<>();
    for (OnnxNode node : graph.nodes().reversed()) {
      if (node.outputs().stream().anyMatch(used::contains)) {
        kept.add(node);
        uses(node, used);
      }
    }
    Map<String, OnnxTensor> tensors = new LinkedHashMap<>(graph.initializers());
    tensors.keySet().retainAll(used);
    return new OnnxGraph(
        graph.name(),
        List.copyOf(kept.reversed()),
        tensors,
        graph.inputs(),
        graph.outputs(),
        graph.values());
  }

  /** What a node uses, and what its bodies use from around it. */
  private static void uses(OnnxNode node, Set<String> used) {
    used.addAll(node.inputs());
    for (OnnxAttribute attribute : node.attributes().values()) {
      if (attribute instanceof OnnxAttribute.OfGraph(OnnxGraph body)) {
        body.nodes().forEach(inner -> uses(inner, used));
        body.outputs().forEach(output -> used.add(output.name()));
      }
    }
  }
}
