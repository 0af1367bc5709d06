package dev.gatun.quantize.onnx;

import dev.gatun.formats.onnx.OnnxFile;
import dev.gatun.formats.onnx.OnnxImport;
import dev.gatun.formats.onnx.OnnxValueInfo;
import dev.gatun.graph.Graph;
import dev.gatun.graph.Value;
import dev.gatun.tensor.DType;
import java.util.HashSet;
import java.util.Set;

/** Names of the values of a model that are F32, as importing it finds and as the file says. */
final class FloatValues {
  private FloatValues() {}

  static Set<String> of(OnnxFile file) {
    Set<String> floats = new HashSet<>();
    Graph graph = OnnxImport.graph(file);
    graph.inputs().forEach(value -> add(value, floats));
    graph.nodes().forEach(node -> node.outputs().forEach(value -> add(value, floats)));
    file.model().graph().values().forEach(value -> add(value, floats));
    file.model().graph().outputs().forEach(value -> add(value, floats));
    return floats;
  }

  private static void add(Value value, Set<String> floats) {
    if (value.type().dtype() == DType.F32) {
      floats.add(value.name());
    }
  }

  private static void add(OnnxValueInfo value, Set<String> floats) {
    if (value.elementType() == 1) {
      floats.add(value.name());
    }
  }
}
