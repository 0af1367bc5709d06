package dev.gatun.formats.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.formats.TestData;
import dev.gatun.graph.Graph;
import dev.gatun.graph.Node;
import dev.gatun.graph.op.Array;
import dev.gatun.graph.op.RmsNormalization;
import dev.gatun.graph.pass.GraphOptimizer;
import dev.gatun.graph.pass.GraphVerifier;
import dev.gatun.graph.reference.ReferenceInterpreter;
import dev.gatun.graph.reference.ReferenceStates;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Models that ONNX Runtime has run, imported and run by the reference, before and after passes. */
class OnnxCasesTest {
  static List<Path> cases() throws IOException {
    try (Stream<Path> files = Files.list(TestData.resource("onnx"))) {
      return files.filter(file -> file.toString().endsWith(".onnx")).sorted().toList();
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void givesWhatOnnxRuntimeGives(Path path) {
    try (OnnxFile file = OnnxFile.open(path)) {
      Graph graph = OnnxImport.graph(file);
      check(file, graph);
      check(file, GraphOptimizer.apply(graph));
    }
  }

  static void check(OnnxFile file, Graph graph) {
    GraphVerifier.verify(graph);
    Map<String, Array> inputs = data(file, "in:");
    Map<String, Array> expected = data(file, "out:");
    assertFalse(expected.isEmpty());
    Map<String, Array> actual =
        new ReferenceInterpreter(graph).run(inputs, new ReferenceStates(List.of()), Set.of());
    expected.forEach((name, want) -> {
      Array y = actual.get(name);
      assertEquals(want.shape(), y.shape(), name);
      assertEquals(want.dtype(), y.dtype(), name);
      for (int i = 0; i < want.values().length; i++) {
        double x = want.values()[i];
        // Single precision against double: two layers of an encoder differ by less than this.
        assertEquals(x, y.values()[i], 2e-5 * Math.max(1, Math.abs(x)), name + " " + i);
      }
    });
  }

  private static Map<String, Array> data(OnnxFile file, String prefix) {
    Map<String, Array> data = new TreeMap<>();
    file.model().graph().initializers().values().stream()
        .filter(tensor -> tensor.name().startsWith(prefix))
        .forEach(tensor ->
            data.put(tensor.name().substring(prefix.length()), Array.of(tensor.tensor())));
    return data;
  }

  @Test
  void encoderIsFused() {
    try (OnnxFile file = OnnxFile.open(TestData.resource("onnx/encoder.onnx"))) {
      Graph graph = OnnxImport.graph(file);
      assertEquals("[batch, batch_1]", graph.input("input_ids").type().dims().toString());
      assertEquals(12, graph.input("input_ids").type().dim(1).max(), "bounded by the positions");
      Map<String, Long> ops =
          GraphOptimizer.apply(graph).nodes().stream()
              .map(Node::op)
              .collect(Collectors.groupingBy(op -> op.type(), TreeMap::new, Collectors.counting()));
      assertEquals(2, ops.get("Attention"));
      assertEquals(5, ops.get("LayerNormalization"));
      assertEquals(2, ops.get("Gelu"));
      assertEquals(12, ops.get("MatMul"));
      for (String gone : List.of("Softmax", "Transpose", "Erf", "Sqrt", "ReduceMean", "Pow")) {
        assertFalse(ops.containsKey(gone), gone);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"rms_quotient", "rms_product", "rms_reciprocal"})
  void rootMeanSquaresAreFused(String name) {
    try (OnnxFile file = OnnxFile.open(TestData.resource("onnx/" + name + ".onnx"))) {
      List<String> ops =
          GraphOptimizer.apply(OnnxImport.graph(file)).nodes().stream()
              .map(node -> node.op().toString())
              .toList();
      assertEquals(List.of(new RmsNormalization((float) 1e-3).toString()), ops);
    }
  }

  @Test
  void sameWorkIsDoneOnce() {
    try (OnnxFile file = OnnxFile.open(TestData.resource("onnx/same_twice.onnx"))) {
      Graph graph = GraphOptimizer.apply(OnnxImport.graph(file));
      long relus = graph.nodes().stream().filter(node -> node.op().type().equals("Relu")).count();
      assertEquals(1, relus);
      assertTrue(graph.outputs().stream().anyMatch(value -> value.name().equals("y")));
    }
  }
}
