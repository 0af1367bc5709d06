package dev.gatun.quantize.onnx;

import dev.gatun.formats.onnx.OnnxAttribute;
import dev.gatun.formats.onnx.OnnxGraph;
import dev.gatun.formats.onnx.OnnxNode;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Names in nodes and in the bodies that they have. */
final class GraphNames {
  private GraphNames() {}

  /** Adds every name of a value, and of a node. */
  static void collect(List<OnnxNode> nodes, Set<String> names) {
    for (OnnxNode node : nodes) {
      names.add(node.name());
      names.addAll(node.inputs());
      names.addAll(node.outputs());
      for (OnnxAttribute attribute : node.attributes().values()) {
        if (attribute instanceof OnnxAttribute.OfGraph(OnnxGraph body)) {
          names.addAll(body.initializers().keySet());
          body.inputs().forEach(input -> names.add(input.name()));
          collect(body.nodes(), names);
        }
      }
    }
  }

  /** Counts who reads each value; a body may read values of the graph around it. */
  static void uses(List<OnnxNode> nodes, Map<String, Integer> uses) {
    for (OnnxNode node : nodes) {
      node.inputs().forEach(input -> uses.merge(input, 1, Integer::sum));
      for (OnnxAttribute attribute : node.attributes().values()) {
        if (attribute instanceof OnnxAttribute.OfGraph(OnnxGraph body)) {
          body.outputs().forEach(output -> uses.merge(output.name(), 1, Integer::sum));
          uses(body.nodes(), uses);
        }
      }
    }
  }
}
