package dev.gatun.testkit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.graph.Dim;
import dev.gatun.graph.Graph;
import dev.gatun.graph.GraphBuilder;
import dev.gatun.graph.Value;
import dev.gatun.graph.op.Array;
import dev.gatun.graph.op.ForeignOp;
import dev.gatun.graph.op.Reduce;
import dev.gatun.graph.op.Unary;
import dev.gatun.runtime.spi.Assessment;
import dev.gatun.runtime.spi.BackendException;
import dev.gatun.runtime.spi.BackendProvider;
import dev.gatun.runtime.spi.Batch;
import dev.gatun.runtime.spi.Buffer;
import dev.gatun.runtime.spi.CompileOptions;
import dev.gatun.runtime.spi.Device;
import dev.gatun.runtime.spi.Executable;
import dev.gatun.runtime.spi.ExecutableSession;
import dev.gatun.runtime.spi.Fence;
import dev.gatun.runtime.spi.GraphSlice;
import dev.gatun.runtime.spi.SessionOptions;
import dev.gatun.runtime.spi.ShapeProfile;
import dev.gatun.runtime.spi.ShapeProfile.Range;
import dev.gatun.tensor.DType;
import dev.gatun.tensor.Shape;
import dev.gatun.tensor.Tensor;
import dev.gatun.testkit.device.NullDevice;
import dev.gatun.testkit.device.NullProvider;
import dev.gatun.testkit.device.ReferenceDevice;
import dev.gatun.testkit.device.ReferenceProvider;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What makes the two devices worth testing with, and that the suite sees what is wrong. */
class DevicesTest {
  private static final Dim TOKENS = Dim.symbol(Batch.TOKENS, 1, 64);
  private static final List<ShapeProfile> EIGHT =
      List.of(new ShapeProfile("eight", Map.of(Batch.TOKENS, new Range(1, 8, 8))));

  private static Graph negation() {
    GraphBuilder g = new GraphBuilder("negation");
    g.output(g.unary("y", Unary.Function.NEG, g.input("x", DType.F32, TOKENS, Dim.of(2))));
    return g.build();
  }

  /** The module and the class path must name the same providers. */
  @Test
  void providersAreDeclaredBothWays() throws IOException {
    String service = BackendProvider.class.getName();
    List<String> inModule =
        ReferenceDevice.class.getModule().getDescriptor().provides().stream()
            .filter(provides -> provides.service().equals(service))
            .flatMap(provides -> provides.providers().stream())
            .toList();
    try (InputStream file =
        ReferenceDevice.class.getResourceAsStream("/META-INF/services/" + service)) {
      String text = new String(file.readAllBytes(), StandardCharsets.UTF_8);
      assertEquals(inModule, text.lines().toList());
    }
    assertEquals(2, inModule.size());
    assertEquals("reference", new ReferenceProvider().id());
    assertEquals("null", new NullProvider().id());
  }

  @Test
  void nullDeviceWorksOnlyWhenAwaited() {
    NullDevice device = new NullDevice();
    Graph graph = negation();
    try (Executable executable =
            device.compile(GraphSlice.whole(graph), EIGHT, CompileOptions.DEFAULT);
        ExecutableSession session = executable.newSession(new SessionOptions(1, 1, 8, 1));
        Arena arena = Arena.ofConfined()) {
      Buffer output = session.buffer(graph.output("y"));
      assertTrue(output.hostView().isEmpty(), "the host cannot see the memory");
      Batch batch = new Batch(8);
      fill(batch, 3);
      MemorySegment read = arena.allocate(24, 4);
      Fence submitted = session.submit(batch);
      Fence copied = output.read(0, read);
      assertFalse(submitted.isDone());
      assertEquals(0, read.get(ValueLayout.JAVA_FLOAT, 20), "nothing has been copied yet");
      copied.await();
      assertTrue(submitted.isDone(), "operations happen in order");
      assertArrayEquals(new float[] {-1, -2, -3, -4, -5, -6}, read.toArray(ValueLayout.JAVA_FLOAT));
      // More than the profile's shape is refused.
      Batch large = new Batch(9);
      fill(large, 9);
      assertThrows(BackendException.class, () -> session.submit(large));
    }
    assertEquals(0, device.liveHandles());
  }

  private static void fill(Batch batch, int tokens) {
    float[] values = new float[2 * tokens];
    for (int i = 0; i < tokens; i++) {
      batch.add(0, i, 0, false);
      values[2 * i] = 2 * i + 1;
      values[2 * i + 1] = 2 * i + 2;
    }
    batch.set("x", Tensor.ofFloats(Shape.of(tokens, 2), values));
  }

  @Test
  void nullDeviceRefusesWhatItIsToldAndWhatPaddingWouldSpoil() {
    Graph graph = negation();
    NullDevice told = new NullDevice(Set.of("Neg"));
    Assessment assessment = told.assess(graph, EIGHT);
    assertEquals(List.of(), assessment.accepted());
    assertEquals("y", assessment.refusals().getFirst().node().name());
    assertThrows(
        BackendException.class,
        () -> told.compile(GraphSlice.whole(graph), EIGHT, CompileOptions.DEFAULT));
    GraphBuilder g = new GraphBuilder("mean");
    Value x = g.input("x", DType.F32, TOKENS, Dim.of(2));
    Value a = g.unary("a", Unary.Function.NEG, x);
    g.output(g.node("m", new Reduce(Reduce.Function.MEAN, List.of(0), false), a));
    Assessment padded = new NullDevice().assess(g.build(), EIGHT);
    assertEquals(List.of("m"), padded.refusals().stream().map(r -> r.node().name()).toList());
    assertEquals(1, padded.accepted().size());
  }

  @Test
  void foreignOpsAreRefusedWithAReason() {
    GraphBuilder g = new GraphBuilder("foreign");
    Value x = g.input("x", DType.F32, TOKENS, Dim.of(2));
    ForeignOp op = new ForeignOp("acme", "Frob", 1, Map.of(), List.of(), List.of(x.type()));
    g.output(g.node("frobbed", op, x));
    Graph graph = g.build();
    for (Device device : List.of(new ReferenceDevice(), new NullDevice())) {
      Assessment assessment = device.assess(graph, EIGHT);
      assertFalse(assessment.takesAll());
      assertTrue(assessment.refusals().getFirst().reason().contains("Frob"));
    }
  }

  @Test
  void guardsSeeWritesOutside() {
    try (Arena arena = Arena.ofConfined()) {
      for (int misalignment : new int[] {0, 1, 4}) {
        GuardedMemory guarded = new GuardedMemory(arena, 13, misalignment);
        assertEquals(misalignment, guarded.content().address() % 64);
        guarded.content().fill((byte) 7);
        guarded.check("untouched");
        long start = guarded.content().address() - guarded.block().address();
        for (long at : new long[] {0, start - 1, start + 13, guarded.block().byteSize() - 1}) {
          byte before = guarded.block().get(ValueLayout.JAVA_BYTE, at);
          guarded.block().set(ValueLayout.JAVA_BYTE, at, (byte) (before + 1));
          assertThrows(AssertionError.class, () -> guarded.check("written at " + at));
          guarded.block().set(ValueLayout.JAVA_BYTE, at, before);
        }
        guarded.check("restored");
      }
    }
  }

  @Test
  void comparisonSeesWrongValues() {
    Array expected = Array.ofFloats(Shape.of(2, 2), 1, Double.NaN, Double.POSITIVE_INFINITY, 4);
    Bound tight = Bound.relative(1e-6, 0);
    Bound loose = Bound.ofRow(1e-6);
    check(tight, expected, 1.0000001, Double.NaN, Double.POSITIVE_INFINITY, 4);
    check(loose, expected, 1, Double.POSITIVE_INFINITY, Double.NaN, 4.000001);
    fails(tight, expected, 1.00001, Double.NaN, Double.POSITIVE_INFINITY, 4);
    fails(tight, expected, 1, 0, Double.POSITIVE_INFINITY, 4);
    fails(tight, expected, 1, Double.NaN, Double.NEGATIVE_INFINITY, 4);
    fails(tight, expected, 1, Double.NaN, Double.POSITIVE_INFINITY, Double.NaN);
    fails(loose, expected, 1, Double.NaN, 3, 4);
    Bound spread = question -> new Bound.Limits(new double[] {1, 1, 1, 1}, 0.01, false);
    Array ones = Array.ofFloats(Shape.of(4), 1, 1, 1, 1);
    check(spread, ones, 1.01, 1, 1, 1);
    fails(spread, ones, 1.05, 1, 1, 1);
  }

  private static void check(Bound bound, Array expected, double... actual) {
    Step step = Step.of(Map.of());
    Compare.check(
        bound,
        new Bound.Question(Precision.FLOAT, step, "y", expected),
        new Array(DType.F32, expected.shape(), actual));
  }

  private static void fails(Bound bound, Array expected, double... actual) {
    AssertionError e = assertThrows(AssertionError.class, () -> check(bound, expected, actual));
    assertTrue(e.getMessage().contains("'y'"), e.getMessage());
  }
}
