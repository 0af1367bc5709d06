package dev.gatun.cpuengine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.cpuengine.scalar.ScalarKernels;
import dev.gatun.formats.onnx.OnnxFile;
import dev.gatun.formats.onnx.OnnxImport;
import dev.gatun.graph.Graph;
import dev.gatun.graph.Value;
import dev.gatun.graph.op.Array;
import dev.gatun.graph.pass.GraphOptimizer;
import dev.gatun.runtime.spi.Batch;
import dev.gatun.runtime.spi.CompileOptions;
import dev.gatun.runtime.spi.Executable;
import dev.gatun.runtime.spi.ExecutableSession;
import dev.gatun.runtime.spi.GraphSlice;
import dev.gatun.runtime.spi.SessionOptions;
import dev.gatun.tensor.Shape;
import dev.gatun.tensor.Tensor;
import dev.gatun.testkit.TestContext;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Models that ONNX Runtime has run, open extents among them, run by the engine: twice each. */
class OnnxCasesTest {
  private static final TestContext CONTEXT = new TestContext(2);

  static List<Path> cases() throws IOException {
    try (Stream<Path> files = Files.list(Repository.onnx())) {
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

  private static void check(OnnxFile file, Graph graph) {
    CpuDevice device = TestDevices.of(new ScalarKernels(), CONTEXT);
    assertTrue(device.assess(graph, List.of()).refusals().isEmpty());
    Batch batch = new Batch(0);
    data(file, "in:").forEach(batch::set);
    Map<String, Tensor> expected = data(file, "out:");
    try (Executable executable =
            device.compile(GraphSlice.whole(graph), List.of(), CompileOptions.DEFAULT);
        ExecutableSession session = executable.newSession(new SessionOptions(1, 1, 1, 1))) {
      for (int run = 0; run < 2; run++) {
        session.submit(batch).await();
        for (Value output : graph.outputs()) {
          compare(session, output, expected.get(output.name()));
        }
      }
    }
  }

  private static void compare(ExecutableSession session, Value output, Tensor expected) {
    Shape shape = session.shape(output);
    assertEquals(expected.shape(), shape, output.name());
    var memory = session.buffer(output).hostView().orElseThrow();
    long bytes = output.type().dtype().byteSize(shape.elements());
    Tensor actual = new Tensor(output.type().dtype(), shape, memory.asSlice(0, bytes));
    double[] wanted = Array.of(expected).values();
    double[] given = Array.of(actual).values();
    for (int i = 0; i < wanted.length; i++) {
      double bound = 5e-5 * Math.max(1, Math.abs(wanted[i]));
      assertEquals(wanted[i], given[i], bound, output.name() + " " + i);
    }
  }

  private static Map<String, Tensor> data(OnnxFile file, String prefix) {
    Map<String, Tensor> data = new TreeMap<>();
    file.model().graph().initializers().values().stream()
        .filter(tensor -> tensor.name().startsWith(prefix))
        .forEach(tensor -> data.put(tensor.name().substring(prefix.length()), tensor.tensor()));
    return data;
  }

  @AfterAll
  static void close() {
    CONTEXT.close();
  }
}
