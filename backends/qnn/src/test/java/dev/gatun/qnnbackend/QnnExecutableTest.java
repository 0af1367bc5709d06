package dev.gatun.qnnbackend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.graph.Dim;
import dev.gatun.graph.Graph;
import dev.gatun.graph.GraphBuilder;
import dev.gatun.graph.Value;
import dev.gatun.graph.op.Array;
import dev.gatun.graph.op.DequantizeLinear;
import dev.gatun.graph.op.MatMul;
import dev.gatun.graph.op.QuantizeLinear;
import dev.gatun.graph.op.Unary;
import dev.gatun.graph.reference.ReferenceInterpreter;
import dev.gatun.graph.reference.ReferenceStates;
import dev.gatun.runtime.spi.Batch;
import dev.gatun.runtime.spi.CompileOptions;
import dev.gatun.runtime.spi.Device;
import dev.gatun.runtime.spi.Executable;
import dev.gatun.runtime.spi.ExecutableSession;
import dev.gatun.runtime.spi.ExecutableSession.NodeTiming;
import dev.gatun.runtime.spi.GraphSlice;
import dev.gatun.runtime.spi.SessionOptions;
import dev.gatun.tensor.DType;
import dev.gatun.tensor.Shape;
import dev.gatun.tensor.Tensor;
import dev.gatun.testkit.TestContext;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the conformance suite does not ask, on the NPU or its simulator. */
class QnnExecutableTest {
  private static final int ROWS = 4;
  private static final int INNER = 64;
  private static final int COLUMNS = 16;

  /** What the last code of the output is worth. */
  private static final float STEP = 0.01f;

  private final TestContext context =
      new TestContext(2, Map.of(QnnSettings.CACHE, "off", QnnSettings.POWER, "burst"));

  @AfterEach
  void close() {
    context.close();
  }

  private static Value pair(GraphBuilder g, String name, Value x, float scale, int zero) {
    Value s = g.scalar(name + ".scale", scale);
    MemorySegment byteOfZero = MemorySegment.ofArray(new byte[] {(byte) zero});
    Value z = g.constant(name + ".zero", new Tensor(DType.U8, Shape.of(), byteOfZero));
    Value codes = g.node(name + ".codes", new QuantizeLinear(0, 0, DType.U8), x, s, z);
    return g.node(name, new DequantizeLinear(0, 0), codes, s, z);
  }

  /** A product of codes of 8 bits, weights with a scale for each column, and a sigmoid. */
  private static Graph coded() {
    GraphBuilder g = new GraphBuilder("coded");
    Value x = g.input("x", DType.F32, Dim.of(ROWS), Dim.of(INNER));
    byte[] codes = new byte[INNER * COLUMNS];
    new Random(1).nextBytes(codes);
    float[] scales = new float[COLUMNS];
    for (int i = 0; i < COLUMNS; i++) {
      scales[i] = 0.001f * (1 + i);
      codes[i] = 127;
    }
    Shape shape = Shape.of(INNER, COLUMNS);
    Value w = g.constant("w", new Tensor(DType.I8, shape, MemorySegment.ofArray(codes)));
    Value s = g.constant("scales", Tensor.ofFloats(Shape.of(COLUMNS), scales));
    Value weights = g.node("weights", new DequantizeLinear(1, 0), w, s);
    Value product = g.node("product", new MatMul(false), pair(g, "x'", x, 0.02f, 128), weights);
    Value sigmoid =
        g.unary("sigmoid", Unary.Function.SIGMOID, pair(g, "product'", product, 0.1f, 128));
    g.output(pair(g, "y", sigmoid, STEP, 0));
    return g.build();
  }

  private static float[] numbers() {
    var random = new Random(2);
    float[] numbers = new float[ROWS * INNER];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = random.nextFloat(-2, 2);
    }
    return numbers;
  }

  @Test
  void codesAreComputedWithAndMeasured() {
    Graph graph = coded();
    float[] x = numbers();
    double[] wide = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      wide[i] = x[i];
    }
    Array given = new Array(DType.F32, Shape.of(ROWS, INNER), wide);
    double[] expected =
        new ReferenceInterpreter(graph)
            .run(Map.of("x", given), new ReferenceStates(List.of()), Set.of())
            .get("y")
            .values();
    Device device = Installed.npu(context);
    long handles = Installed.handles(context);
    CompileOptions options = CompileOptions.DEFAULT.withProfile(true);
    try (Executable executable = device.compile(GraphSlice.whole(graph), List.of(), options);
        ExecutableSession session = executable.newSession(new SessionOptions(1, 1, 1, 1))) {
      assertEquals(handles + 1, Installed.handles(context), "the wish for a burst");
      Batch batch = new Batch(0);
      batch.set("x", Tensor.ofFloats(Shape.of(ROWS, INNER), x));
      session.submit(batch).await();
      MemorySegment result = MemorySegment.ofArray(new float[ROWS * COLUMNS]);
      session.buffer(graph.outputs().getFirst()).read(0, result).await();
      float[] actual = result.toArray(ValueLayout.JAVA_FLOAT);
      for (int i = 0; i < actual.length; i++) {
        // One code of the product changes a sigmoid by a fortieth at most.
        assertEquals(expected[i], actual[i], STEP + 0.025, "element " + i);
      }
      List<NodeTiming> timings = session.timings();
      assertTrue(timings.stream().anyMatch(timing -> timing.node().equals("product")));
      assertTrue(timings.stream().mapToLong(NodeTiming::nanoseconds).sum() > 0);
      assertTrue(timings.stream().allMatch(timing -> timing.runs() == 1));
    }
    assertEquals(handles, Installed.handles(context));
  }
}
