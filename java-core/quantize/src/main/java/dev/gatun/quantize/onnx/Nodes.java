package dev.gatun.quantize.onnx;

import dev.gatun.formats.onnx.OnnxAttribute;
import dev.gatun.formats.onnx.OnnxGraph;
import dev.gatun.formats.onnx.OnnxNode;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** New nodes, and nodes like others. */
final class Nodes {
  static final String CONTRIBUTED = "com.microsoft";

  private Nodes() {}

  /** All that the bodies of a node (If, Loop, Scan) read, from outside or within. */
  static Set<String> readWithin(OnnxNode node) {
    Set<String> read = new HashSet<>();
    for (OnnxAttribute attribute : node.attributes().values()) {
      if (attribute instanceof OnnxAttribute.OfGraph(OnnxGraph body)) {
        body.outputs().forEach(output -> read.add(output.name()));
        for (OnnxNode inner : body.nodes()) {
          read.addAll(inner.inputs());
          read.addAll(readWithin(inner));
        }
      }
    }
    return read;
  }

  /** A node of the standard domain. */
  static OnnxNode of(String name, String type, List<String> inputs, String output) {
    return of(name, type, inputs, output, Map.of());
  }

  /** A node of the standard domain with attributes. */
  static OnnxNode of(
      String name,
      String type,
      List<String> inputs,
      String output,
      Map<String, OnnxAttribute> attributes) {
    return new OnnxNode(name, "", type, inputs, List.of(output), attributes, -1);
  }

  static OnnxNode with(OnnxNode node, Map<String, OnnxAttribute> attributes) {
    return new OnnxNode(
        node.name(),
        node.domain(),
        node.type(),
        node.inputs(),
        node.outputs(),
        attributes,
        node.offset());
  }

  static OnnxNode withInputs(OnnxNode node, List<String> inputs) {
    return new OnnxNode(
        node.name(),
        node.domain(),
        node.type(),
        inputs,
        node.outputs(),
        node.attributes(),
        node.offset());
  }

  static OnnxNode withOutputs(OnnxNode node, List<String> outputs) {
    return new OnnxNode(
        node.name(),
        node.domain(),
        node.type(),
        node.inputs(),
        outputs,
        node.attributes(),
        node.offset());
  }

  /** Whether this is an operator of the standard domain. */
  static boolean is(OnnxNode node, String type) {
    return node.domain().isEmpty() && node.type().equals(type);
  }

  static long integer(OnnxNode node, String attribute, long otherwise) {
    return node.attributes().get(attribute) instanceof OnnxAttribute.Int(long value)
        ? value
        : otherwise;
  }

  static float real(OnnxNode node, String attribute, float otherwise) {
    return node.attributes().get(attribute) instanceof OnnxAttribute.Real(float value)
        ? value
        : otherwise;
  }
}
