package dev.gatun.pipelines.onnx;

import dev.gatun.formats.onnx.OnnxAttribute;
import dev.gatun.formats.onnx.OnnxFile;
import dev.gatun.formats.onnx.OnnxGraph;
import dev.gatun.formats.onnx.OnnxNode;
import dev.gatun.formats.onnx.OnnxTensors;
import dev.gatun.formats.onnx.OnnxValueInfo;
import dev.gatun.tensor.DType;
import dev.gatun.tensor.Tensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/** One of ONNX's node tests: a folder with a model, its inputs and what it gives. */
record NodeCase(String name, Path folder) {
  static NodeCase of(Path folder) {
    return new NodeCase(folder.getFileName().toString(), folder);
  }

  Path model() {
    return folder.resolve("model.onnx");
  }

  /** Why the test is not for us: types and operator sets that Gatun has none of. */
  static Optional<String> excluded(OnnxFile file) {
    TreeSet<String> kinds = new TreeSet<>();
    collect(file.model().graph(), kinds);
    return kinds.isEmpty() ? Optional.empty() : Optional.of(String.join(", ", kinds));
  }

  private static void collect(OnnxGraph graph, TreeSet<String> kinds) {
    Stream.of(graph.inputs(), graph.outputs(), graph.values())
        .flatMap(List::stream)
        .forEach(value -> type(value).ifPresent(kinds::add));
    for (OnnxNode node : graph.nodes()) {
      if (!node.domain().isEmpty()) {
        kinds.add("operators of " + node.domain());
      }
      for (OnnxAttribute attribute : node.attributes().values()) {
        if (attribute instanceof OnnxAttribute.OfGraph(OnnxGraph body)) {
          collect(body, kinds);
        }
      }
    }
  }

  /** Numbers are those of TensorProto.DataType. */
  private static Optional<String> type(OnnxValueInfo value) {
    return switch (value.elementType()) {
      case 1, 2, 3, 4, 5, 6, 7, 9, 10, 11, 12, 13, 16 -> Optional.empty();
      case 0 -> Optional.of("sequences and optional values");
      case 8 -> Optional.of("texts");
      case 14, 15 -> Optional.of("complex numbers");
      case 17, 18, 19, 20 -> Optional.of("8-bit floating point");
      case 21, 22 -> Optional.of("4-bit integers");
      default -> Optional.of("element type " + value.elementType());
    };
  }

  Map<String, Tensor> inputs(OnnxFile file) {
    return data(file.model().graph().inputs(), "input_");
  }

  Map<String, Tensor> outputs(OnnxFile file) {
    return data(file.model().graph().outputs(), "output_");
  }

  private Map<String, Tensor> data(List<OnnxValueInfo> values, String prefix) {
    Map<String, Tensor> data = new TreeMap<>();
    for (int i = 0; i < values.size(); i++) {
      Path path = folder.resolve("test_data_set_0").resolve(prefix + i + ".pb");
      Tensor tensor = OnnxTensors.read(path).tensor();
      // The data of BF16 are stored as U16, for NumPy has no such type.
      boolean half = values.get(i).elementType() == 16 && tensor.dtype() == DType.U16;
      data.put(
          values.get(i).name(),
          half ? new Tensor(DType.BF16, tensor.shape(), tensor.data()) : tensor);
    }
    return data;
  }

  /** How many elements of {@code actual} are not what is expected; a text about the first. */
  static Optional<String> difference(
      Map<String, Tensor> expected, java.util.function.Function<String, Tensor> actual) {
    List<String> problems = new ArrayList<>();
    expected.forEach((output, want) ->
        NodeTolerance.difference(want, actual.apply(output))
            .ifPresent(problem -> problems.add(output + " " + problem)));
    return problems.isEmpty() ? Optional.empty() : Optional.of(String.join("; ", problems));
  }
}
