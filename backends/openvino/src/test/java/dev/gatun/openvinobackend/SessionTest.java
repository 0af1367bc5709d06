package dev.gatun.openvinobackend;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.graph.Dim;
import dev.gatun.graph.Graph;
import dev.gatun.graph.GraphBuilder;
import dev.gatun.graph.Value;
import dev.gatun.graph.op.MatMul;
import dev.gatun.runtime.spi.BackendException;
import dev.gatun.runtime.spi.Batch;
import dev.gatun.runtime.spi.CompileOptions;
import dev.gatun.runtime.spi.Device;
import dev.gatun.runtime.spi.Executable;
import dev.gatun.runtime.spi.ExecutableSession;
import dev.gatun.runtime.spi.Fence;
import dev.gatun.runtime.spi.GraphSlice;
import dev.gatun.runtime.spi.SessionOptions;
import dev.gatun.tensor.DType;
import dev.gatun.tensor.Shape;
import dev.gatun.tensor.Tensor;
import dev.gatun.testkit.ProcessMemory;
import dev.gatun.testkit.TestContext;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Inputs that do not fit, sizes that are fixed, handles that are given back. */
class SessionTest {
  private static final SessionOptions ONE = new SessionOptions(1, 1, 1, 1);
  private static final int SIDE = 512;

  private static Graph doubled() {
    GraphBuilder builder = new GraphBuilder("doubled");
    Value x = builder.input("x", DType.F32, Dim.symbol("n", 1, 64), Dim.of(2));
    builder.output(builder.add("y", x, x));
    return builder.build();
  }

  private static Batch batch(Tensor tensor) {
    Batch batch = new Batch(0);
    batch.set("x", tensor);
    return batch;
  }

  private static float[] run(Graph graph, ExecutableSession session, float... x) {
    session.submit(batch(Tensor.ofFloats(Shape.of(x.length / 2, 2), x))).await();
    Value y = graph.outputs().getFirst();
    assertEquals(Shape.of(x.length / 2, 2), session.shape(y));
    MemorySegment result = MemorySegment.ofArray(new float[x.length]);
    session.buffer(y).read(0, result).await();
    return result.toArray(ValueLayout.JAVA_FLOAT);
  }

  @Test
  void inputsThatDoNotFitAreRefusedAndHarmNobody() {
    try (TestContext context = new TestContext(1, Map.of())) {
      Device device = Installed.cpu(context);
      Graph graph = doubled();
      try (Executable executable =
              device.compile(GraphSlice.whole(graph), List.of(), CompileOptions.DEFAULT);
          ExecutableSession session = executable.newSession(ONE)) {
        var dtype =
            assertThrows(
                BackendException.class,
                () -> session.submit(batch(Tensor.ofInts(Shape.of(1, 2), 1, 2))));
        assertTrue(dtype.getMessage().contains("x"), dtype.getMessage());
        var shape =
            assertThrows(
                BackendException.class,
                () -> session.submit(batch(Tensor.ofFloats(Shape.of(1, 3), 1, 2, 3))));
        assertTrue(shape.getMessage().contains("x"), shape.getMessage());
        var nothing = assertThrows(BackendException.class, () -> session.submit(new Batch(0)));
        assertTrue(nothing.getMessage().contains("n"), nothing.getMessage());
        assertThrows(BackendException.class, () -> session.shape(graph.outputs().getFirst()));
        assertArrayEquals(new float[] {2, 4}, run(graph, session, 1, 2));
      }
    }
  }

  @Test
  void eachCombinationOfSizesIsCompiledWhereShapesAreFixed() {
    try (TestContext context = new TestContext(1, Map.of(OpenVinoSettings.SHAPES, "static"))) {
      Device device = Installed.cpu(context);
      Graph graph = doubled();
      try (Executable executable =
              device.compile(GraphSlice.whole(graph), List.of(), CompileOptions.DEFAULT);
          ExecutableSession session = executable.newSession(ONE)) {
        for (int n = 1; n <= 20; n++) {
          float[] x = new float[2 * n];
          x[2 * n - 1] = n;
          assertEquals(2 * n, run(graph, session, x)[2 * n - 1]);
        }
        assertArrayEquals(new float[] {2, 4}, run(graph, session, 1, 2));
      }
    }
  }

  /** A product that takes milliseconds: what comes back at once has only been begun. */
  @Test
  void withTheHintThroughputRunsOfSeveralSessionsAreBegunAtOnce() {
    GraphBuilder builder = new GraphBuilder("product");
    Value a = builder.input("a", DType.F32, Dim.of(SIDE), Dim.of(SIDE));
    Value b = builder.input("b", DType.F32, Dim.of(SIDE), Dim.of(SIDE));
    builder.output(builder.node("y", new MatMul(false), a, b));
    Graph graph = builder.build();
    try (TestContext context = new TestContext(2, Map.of(OpenVinoSettings.HINT, "throughput"))) {
      Device device = Installed.cpu(context);
      try (Executable executable =
              device.compile(GraphSlice.whole(graph), List.of(), CompileOptions.DEFAULT);
          ExecutableSession first = executable.newSession(ONE);
          ExecutableSession second = executable.newSession(ONE)) {
        for (int round = 1; round <= 3; round++) {
          Fence one = first.submit(factors(round));
          Fence two = second.submit(factors(10 * round));
          assertNotSame(Fence.DONE, one);
          two.await();
          one.await();
          one.await();
          assertTrue(one.isDone() && two.isDone());
          assertEquals(SIDE * round, first(graph, first));
          assertEquals(SIDE * 10 * round, first(graph, second));
        }
        Fence polled = first.submit(factors(7));
        while (!polled.isDone()) {
          Thread.onSpinWait();
        }
        assertEquals(SIDE * 7, first(graph, first));
        // Nobody waits for these: the next submission, and the end of the session, do.
        first.submit(factors(8));
        first.submit(factors(9));
        second.submit(factors(9));
      }
    }
  }

  private static Batch factors(float value) {
    float[] ones = new float[SIDE * SIDE];
    float[] values = new float[SIDE * SIDE];
    Arrays.fill(ones, 1);
    Arrays.fill(values, value);
    Batch batch = new Batch(0);
    batch.set("a", Tensor.ofFloats(Shape.of(SIDE, SIDE), ones));
    batch.set("b", Tensor.ofFloats(Shape.of(SIDE, SIDE), values));
    return batch;
  }

  private static float first(Graph graph, ExecutableSession session) {
    MemorySegment result = MemorySegment.ofArray(new float[1]);
    session.buffer(graph.outputs().getFirst()).read(0, result).await();
    return result.get(ValueLayout.JAVA_FLOAT, 0);
  }

  @Test
  void whatOpenVinoSaysOfPlacementIsTold() {
    try (TestContext context = new TestContext(1, Map.of())) {
      Device device = Installed.cpu(context);
      Graph graph = doubled();
      CompileOptions profiled = CompileOptions.DEFAULT.withProfile(true);
      try (Executable executable = device.compile(GraphSlice.whole(graph), List.of(), profiled);
          ExecutableSession session = executable.newSession(ONE)) {
        assertEquals("openvino.CPU.ir", executable.placement().getFirst().unit());
        assertArrayEquals(new float[] {2, 4}, run(graph, session, 1, 2));
        assertTrue(session.timings().stream().allMatch(each -> each.node().equals("y")));
      }
    }
  }

  /** The long form is 10,000: {@code -Dgatun.test.effort=50}. */
  @Test
  void sessionsThatWereClosedLeaveNothing() throws IOException {
    int rounds = 200 * Integer.getInteger("gatun.test.effort", 1);
    try (TestContext context = new TestContext(1, Map.of())) {
      Device device = Installed.cpu(context);
      long handles = Installed.handles(context);
      openAndClose(device, rounds / 2);
      long before = ProcessMemory.resident();
      openAndClose(device, rounds);
      long grown = ProcessMemory.resident() - before;
      assertEquals(handles, Installed.handles(context));
      // A compiled model takes some 300 KB, a request 20; what the JVM itself needs is bounded.
      assertTrue(grown < 32L << 20, grown + " bytes more are resident");
    }
  }

  /** So many sessions, 20 of each executable. */
  private static void openAndClose(Device device, int sessions) {
    Graph graph = doubled();
    for (int i = 0; i < sessions / 20; i++) {
      try (Executable executable =
          device.compile(GraphSlice.whole(graph), List.of(), CompileOptions.DEFAULT)) {
        for (int k = 0; k < 20; k++) {
          try (ExecutableSession session = executable.newSession(ONE)) {
            assertArrayEquals(new float[] {2 * k, 4}, run(graph, session, k, 2));
          }
        }
      }
    }
  }

  @Test
  void deterministicResultsAreNotPromised() {
    try (TestContext context = new TestContext(1, Map.of())) {
      Device device = Installed.cpu(context);
      var refused =
          assertThrows(
              BackendException.class,
              () ->
                  device.compile(
                      GraphSlice.whole(doubled()),
                      List.of(),
                      CompileOptions.DEFAULT.withDeterministic(true)));
      assertTrue(refused.getMessage().contains("--deterministic"), refused.getMessage());
    }
  }
}
