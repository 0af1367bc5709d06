package dev.gatun.onnxruntimebackend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.formats.onnx.OnnxFile;
import dev.gatun.formats.onnx.OnnxImport;
import dev.gatun.formats.onnx.lower.ExportOptions;
import dev.gatun.formats.onnx.lower.OnnxExport;
import dev.gatun.graph.Graph;
import dev.gatun.graph.GraphOrigin;
import dev.gatun.runtime.Settings;
import dev.gatun.runtime.spi.BackendException;
import dev.gatun.runtime.spi.Batch;
import dev.gatun.runtime.spi.CompileOptions;
import dev.gatun.runtime.spi.Device;
import dev.gatun.runtime.spi.Executable;
import dev.gatun.runtime.spi.ExecutableSession;
import dev.gatun.runtime.spi.ExecutableSession.NodeTiming;
import dev.gatun.runtime.spi.GraphSlice;
import dev.gatun.runtime.spi.Probe;
import dev.gatun.runtime.spi.SessionOptions;
import dev.gatun.tensor.Shape;
import dev.gatun.tensor.Tensor;
import dev.gatun.testkit.ProcessMemory;
import dev.gatun.testkit.TestContext;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What sessions do beside computing what the conformance suite asks for. */
class ModelSessionTest {
  private static final SessionOptions ONE = new SessionOptions(1, 1, 1, 1);

  private final TestContext context = new TestContext(1, Map.of(Settings.HOME, "target/home"));
  private OrtDevice device;
  private long handles;

  @BeforeEach
  void open() {
    Probe probe = Jar.probe(context);
    assertTrue(probe.able(), () -> probe.last().toString());
    Device first = probe.devices().getFirst();
    assertEquals("onnxruntime:CPU", first.info().id());
    device = (OrtDevice) first;
    handles = device.liveHandleCount();
  }

  @AfterEach
  void close() {
    if (device != null) {
      assertEquals(handles, device.liveHandleCount(), "handles that were not closed");
    }
    context.close();
  }

  private Executable compile(Graph graph, CompileOptions options) {
    return device.compile(GraphSlice.whole(graph), List.of(), options);
  }

  private static Batch batch(Tensor a, Tensor b) {
    Batch batch = new Batch(0);
    batch.set("a", a);
    batch.set("b", b);
    return batch;
  }

  private static float[] floats(ExecutableSession session, Graph graph) {
    Shape shape = session.shape(graph.outputs().getFirst());
    MemorySegment memory = session.buffer(graph.outputs().getFirst()).hostView().orElseThrow();
    return memory.asSlice(0, 4 * shape.elements()).toArray(ValueLayout.JAVA_FLOAT);
  }

  @Test
  void sizesMayChangeFromRunToRun() {
    Graph graph = TestModels.sum();
    try (Executable executable = compile(graph, CompileOptions.DEFAULT);
        ExecutableSession session = executable.newSession(ONE)) {
      for (int rows : new int[] {1, 3, 2}) {
        float[] values = new float[4 * rows];
        for (int i = 0; i < values.length; i++) {
          values[i] = i + rows;
        }
        Tensor tensor = Tensor.ofFloats(Shape.of(rows, 4), values);
        session.submit(batch(tensor, tensor)).await();
        assertEquals(Shape.of(rows, 4), session.shape(graph.outputs().getFirst()));
        assertEquals(2f * (4 * rows - 1 + rows), floats(session, graph)[4 * rows - 1]);
      }
    }
  }

  @Test
  void wrongInputsAreRefusedWithWhatWasExpected() {
    Graph graph = TestModels.sum();
    Tensor fits = Tensor.ofFloats(Shape.of(2, 4), new float[8]);
    try (Executable executable = compile(graph, CompileOptions.DEFAULT);
        ExecutableSession session = executable.newSession(ONE)) {
      assertEquals(
          "input 'b' has 3 elements along axis 0, which is F32[n, 4], not 2",
          message(session, batch(fits, Tensor.ofFloats(Shape.of(3, 4), new float[12]))));
      assertEquals(
          "input 'a' is F32[n, 4], and was given I32 [2, 4]",
          message(session, batch(Tensor.ofInts(Shape.of(2, 4), new int[8]), fits)));
      Batch lacking = new Batch(0);
      lacking.set("c", fits);
      assertEquals(
          "input 'a' is F32[n, 4]: no tensor was given that tells its size",
          message(session, lacking));
      // It still works.
      session.submit(batch(fits, fits)).await();
    }
  }

  private static String message(ExecutableSession session, Batch batch) {
    return assertThrows(BackendException.class, () -> session.submit(batch)).getMessage();
  }

  @Test
  void aGraphFromAFileIsCompiledFromIt(@TempDir Path folder) throws IOException {
    Path path = folder.resolve("sum.onnx");
    OnnxExport.lower(TestModels.sum(), ExportOptions.DEFAULT).write(path);
    try (OnnxFile file = OnnxFile.open(path)) {
      Graph graph = OnnxImport.graph(file);
      assertEquals(
          Optional.of(path), graph.origin().map(GraphOrigin::file), "the importer knows its file");
      try (Executable executable = compile(graph, CompileOptions.DEFAULT);
          ExecutableSession session = executable.newSession(ONE)) {
        Tensor x = Tensor.ofFloats(Shape.of(1, 4), 1, 2, 3, 4);
        session.submit(batch(x, x)).await();
        assertEquals(8, floats(session, graph)[3]);
        assertEquals(
            List.of("CPUExecutionProvider.Add"),
            executable.placement().stream().map(Executable.NodePlacement::unit).toList());
      }
      Files.writeString(path, "no longer a model");
      var failure =
          assertThrows(BackendException.class, () -> compile(graph, CompileOptions.DEFAULT));
      assertTrue(failure.getMessage().contains("sum.onnx"), failure.getMessage());
    }
  }

  @Test
  void nodesAreTimed() {
    Graph graph = TestModels.sum();
    Tensor x = Tensor.ofFloats(Shape.of(1, 4), 1, 2, 3, 4);
    try (Executable executable = compile(graph, CompileOptions.DEFAULT.withProfile(true));
        ExecutableSession session = executable.newSession(ONE);
        ExecutableSession unused = executable.newSession(ONE)) {
      for (int i = 0; i < 5; i++) {
        session.submit(batch(x, x)).await();
      }
      List<NodeTiming> timings = session.timings();
      assertEquals(1, timings.size());
      assertEquals("sum", timings.getFirst().node());
      assertEquals("CPUExecutionProvider.Add", timings.getFirst().unit());
      assertEquals(5, timings.getFirst().runs());
      assertEquals(timings, session.timings());
      unused.submit(batch(x, x)).await();
    }
  }

  @Test
  void whatCannotBePromisedIsRefused() {
    assertThrows(
        BackendException.class,
        () -> compile(TestModels.sum(), CompileOptions.DEFAULT.withDeterministic(true)));
  }

  /** The long form is 10,000: {@code -Dgatun.test.effort=50}. */
  @Test
  void sessionsThatWereClosedLeaveNothing() throws IOException {
    Graph graph = TestModels.sum();
    int rounds = 200 * Integer.getInteger("gatun.test.effort", 1);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment data = arena.allocateFrom(ValueLayout.JAVA_FLOAT, 1, 2, 3, 4);
      Tensor x = new Tensor(dev.gatun.tensor.DType.F32, Shape.of(1, 4), data);
      round(graph, x, rounds / 2);
      long before = ProcessMemory.resident();
      long handlesBefore = device.liveHandleCount();
      round(graph, x, rounds);
      assertEquals(handlesBefore, device.liveHandleCount());
      long grown = ProcessMemory.resident() - before;
      // A session of ONNX Runtime takes some 100 KB; what the JVM itself needs is bounded.
      assertTrue(grown < (32L << 20), grown + " bytes more are resident");
    }
  }

  private void round(Graph graph, Tensor x, int count) {
    for (int i = 0; i < count; i++) {
      try (Executable executable = compile(graph, CompileOptions.DEFAULT);
          ExecutableSession session = executable.newSession(ONE)) {
        session.submit(batch(x, x)).await();
        assertEquals(8, floats(session, graph)[3]);
      }
    }
  }
}
