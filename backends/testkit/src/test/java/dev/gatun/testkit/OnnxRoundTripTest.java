package dev.gatun.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.gatun.formats.onnx.OnnxFile;
import dev.gatun.formats.onnx.OnnxImport;
import dev.gatun.formats.onnx.OnnxNode;
import dev.gatun.formats.onnx.lower.ExportOptions;
import dev.gatun.formats.onnx.lower.LoweredModel;
import dev.gatun.formats.onnx.lower.OnnxExport;
import dev.gatun.formats.onnx.lower.OnnxExport.RefusedNode;
import dev.gatun.graph.Graph;
import dev.gatun.graph.op.Array;
import dev.gatun.graph.pass.GraphVerifier;
import dev.gatun.testkit.cases.AllCases;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every graph of the suite, lowered to ONNX, written, read and imported: the reference gives the
 * same for both graphs. What Gatun writes but does not import (attention over a cache, rotations by
 * tables, rows of codes) is left to the backend that runs it.
 */
class OnnxRoundTripTest {
  private static final Set<String> WRITTEN_ONLY =
      Set.of(
          "GroupQueryAttention",
          "GatherBlockQuantized",
          "RotaryEmbedding",
          "ScatterND",
          "Equal",
          "TopK",
          "Range",
          "If",
          "Loop",
          "Scan");

  @TempDir private Path folder;

  @TestFactory
  Stream<DynamicTest> cases() {
    return AllCases.all().map(each -> dynamicTest(each.name(), () -> check(each)));
  }

  private void check(ConformanceCase each) throws IOException {
    Scenario scenario = each.scenario().get();
    Graph graph = scenario.graph();
    Assumptions.assumeTrue(
        graph.inputs().stream().noneMatch(input -> input.type().dataDependent()),
        "not imported: inputs of slices may be empty, those of files may not");
    Optional<RefusedNode> refused =
        OnnxExport.refusals(graph, ExportOptions.SINGLE_PRECISION).stream().findFirst();
    Assumptions.assumeTrue(refused.isEmpty(), () -> "refused: " + refused.orElseThrow().reason());
    LoweredModel lowered = OnnxExport.lower(graph, ExportOptions.SINGLE_PRECISION);
    assertEquals(graph.states().size(), lowered.states().size());
    Path path = Files.createTempFile(folder, "case", ".onnx");
    lowered.write(path);
    try (OnnxFile file = OnnxFile.open(path)) {
      Set<String> writtenOnly =
          file.model().graph().nodes().stream()
              .map(OnnxNode::type)
              .filter(WRITTEN_ONLY::contains)
              .collect(Collectors.toSet());
      Assumptions.assumeTrue(writtenOnly.isEmpty(), () -> "not imported: " + writtenOnly);
      compare(scenario, GraphVerifier.verify(OnnxImport.graph(file)));
    }
  }

  private static void compare(Scenario scenario, Graph imported) {
    List<Map<String, Array>> expected = StepRunner.reference(scenario.graph(), scenario.steps());
    List<Map<String, Array>> actual = StepRunner.reference(imported, scenario.steps());
    for (int i = 0; i < expected.size(); i++) {
      Step step = scenario.steps().get(i);
      for (int j = 0; j < scenario.graph().outputs().size(); j++) {
        String name = scenario.graph().outputs().get(j).name();
        // An output that is an input too has another name in the imported graph.
        Array result = actual.get(i).get(imported.outputs().get(j).name());
        Array want = expected.get(i).get(name);
        var question = new Bound.Question(Precision.FLOAT, step, name, want);
        Compare.check(scenario.bound(), question, rounded(result));
      }
    }
  }

  /** As a device would store it. */
  private static Array rounded(Array array) {
    if (array.dtype() != dev.gatun.tensor.DType.F32) {
      return array;
    }
    double[] values = array.values().clone();
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) values[i];
    }
    return new Array(array.dtype(), array.shape(), values);
  }
}
