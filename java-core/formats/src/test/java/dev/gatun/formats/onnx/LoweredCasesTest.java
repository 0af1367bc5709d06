package dev.gatun.formats.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.gatun.formats.onnx.lower.ExportOptions;
import dev.gatun.formats.onnx.lower.OnnxExport;
import dev.gatun.graph.Graph;
import dev.gatun.graph.pass.GraphOptimizer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Models that ONNX Runtime has run: imported, lowered, written and imported again. */
class LoweredCasesTest {
  /** What is written and not imported; see the test kit's round trip. */
  private static final Set<String> WRITTEN_ONLY = Set.of("Equal", "Range");

  @TempDir private Path folder;

  /** But for the one with a branch that only says that it cannot run, which ONNX cannot say. */
  static List<Path> cases() throws IOException {
    return OnnxCasesTest.cases().stream().filter(path -> !path.endsWith("if_ranks.onnx")).toList();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void givesWhatOnnxRuntimeGives(Path path) throws IOException {
    try (OnnxFile file = OnnxFile.open(path)) {
      check(file, OnnxImport.graph(file), "plain.onnx");
      check(file, GraphOptimizer.apply(OnnxImport.graph(file)), "optimized.onnx");
    }
  }

  private void check(OnnxFile file, Graph graph, String name) throws IOException {
    assertEquals(List.of(), OnnxExport.refusals(graph, ExportOptions.DEFAULT));
    Path written = folder.resolve(name);
    OnnxExport.lower(graph, ExportOptions.DEFAULT).write(written);
    try (OnnxFile lowered = OnnxFile.open(written)) {
      Set<String> unknown =
          lowered.model().graph().nodes().stream()
              .map(OnnxNode::type)
              .filter(WRITTEN_ONLY::contains)
              .collect(Collectors.toSet());
      Assumptions.assumeTrue(unknown.isEmpty(), () -> "not imported: " + unknown);
      OnnxCasesTest.check(file, OnnxImport.graph(lowered));
    }
  }
}
