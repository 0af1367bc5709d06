package dev.gatun.runtime.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.graph.Dim;
import dev.gatun.graph.Graph;
import dev.gatun.graph.GraphBuilder;
import dev.gatun.graph.Value;
import dev.gatun.graph.op.Unary;
import dev.gatun.runtime.GatunRuntime;
import dev.gatun.runtime.fake.FakeDevice;
import dev.gatun.runtime.fake.FakeProvider;
import dev.gatun.runtime.plan.PlanRequest;
import dev.gatun.runtime.spi.Batch;
import dev.gatun.runtime.spi.CompileOptions;
import dev.gatun.runtime.spi.SessionOptions;
import dev.gatun.tensor.DType;
import dev.gatun.tensor.Shape;
import dev.gatun.tensor.Tensor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Graphs without tokens, on two devices, with a dimension of their own. */
class TensorBatchTest {
  private static final SessionOptions OPTIONS = new SessionOptions(1, 1, 1, 1);

  private GatunRuntime runtime;
  private Session session;

  private static Graph graph() {
    GraphBuilder builder = new GraphBuilder("plain");
    Dim images = Dim.symbol("images", 1, 5);
    Value x = builder.input("x", DType.F32, images, Dim.of(2), Dim.of(3));
    Value negated = builder.unary("negate", Unary.Function.NEG, x);
    builder.output(builder.add("sum", negated, negated));
    return builder.build();
  }

  @BeforeEach
  void open() {
    FakeDevice a = new FakeDevice(FakeDevice.Settings.of("a:0").opaque().refusing("sum"));
    FakeDevice b = new FakeDevice(FakeDevice.Settings.of("b:0").opaque().refusing("negate"));
    runtime =
        GatunRuntime.builder()
            .discover(false)
            .provider(FakeProvider.of("a", a))
            .provider(FakeProvider.of("b", b))
            .build();
    session =
        runtime
            .compile(PlanRequest.of(graph(), OPTIONS), CompileOptions.DEFAULT)
            .newSession(OPTIONS);
  }

  @AfterEach
  void close() {
    runtime.close();
  }

  private static Batch batch(String name, Tensor tensor) {
    Batch batch = new Batch(0);
    batch.set(name, tensor);
    return batch;
  }

  @Test
  void tensorsPassThroughBothSlices() {
    for (int images : new int[] {1, 5, 2}) {
      float[] values = new float[6 * images];
      for (int i = 0; i < values.length; i++) {
        values[i] = i;
      }
      session.run(batch("x", Tensor.ofFloats(Shape.of(images, 2, 3), values)));
      assertEquals(2 * images, session.output().rows());
      assertEquals(3, session.output().columns());
      assertEquals(-2f * (6 * images - 1), session.output().get(2 * images - 1, 2));
    }
  }

  @Test
  void extentsThatAreMultiplesAreSolvedForTheirSymbols() {
    GraphBuilder builder = new GraphBuilder("multiples");
    Dim.Symbol blocks = Dim.symbol("blocks", 1, 5);
    Value x = builder.input("x", DType.F32, Dim.of(1), blocks.times(2));
    builder.output(builder.unary("negate", Unary.Function.NEG, x));
    try (Session own =
        runtime
            .compile(PlanRequest.of(builder.build(), OPTIONS), CompileOptions.DEFAULT)
            .newSession(OPTIONS)) {
      own.run(batch("x", Tensor.ofFloats(Shape.of(1, 6), 1, 2, 3, 4, 5, 6)));
      assertEquals(Shape.of(1, 6), own.tensor("negate").shape());
      assertEquals(-6f, own.output().get(0, 5));
      Batch odd = batch("x", Tensor.ofFloats(Shape.of(1, 5), 1, 2, 3, 4, 5));
      assertThrows(IllegalArgumentException.class, () -> own.run(odd));
    }
  }

  @Test
  void wrongTensorsAreRefusedByName() {
    for (Tensor wrong :
        new Tensor[] {
          Tensor.ofFloats(Shape.of(1, 2, 2), 1, 2, 3, 4),
          Tensor.ofFloats(Shape.of(6), 1, 2, 3, 4, 5, 6),
          Tensor.ofInts(Shape.of(1, 2, 3), 1, 2, 3, 4, 5, 6),
          Tensor.ofFloats(Shape.of(6, 2, 3), new float[36])
        }) {
      IllegalArgumentException e =
          assertThrows(IllegalArgumentException.class, () -> session.run(batch("x", wrong)));
      assertTrue(e.getMessage().contains("input 'x' takes"), e.getMessage());
    }
    Tensor fine = Tensor.ofFloats(Shape.of(1, 2, 3), 1, 2, 3, 4, 5, 6);
    IllegalArgumentException unknown =
        assertThrows(IllegalArgumentException.class, () -> session.run(batch("y", fine)));
    assertTrue(unknown.getMessage().contains("no input 'y'"), unknown.getMessage());
    assertThrows(IllegalStateException.class, () -> session.openSequence(0));
  }
}
