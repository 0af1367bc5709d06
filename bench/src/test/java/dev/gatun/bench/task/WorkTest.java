package dev.gatun.bench.task;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.gatun.bench.task.TokenTest.Kind;
import dev.gatun.bench.task.Work.Share;
import dev.gatun.graph.Dim;
import dev.gatun.graph.Graph;
import dev.gatun.graph.GraphBuilder;
import dev.gatun.graph.Value;
import dev.gatun.runtime.spi.Roofline;
import dev.gatun.tensor.DType;
import dev.gatun.tensor.Shape;
import dev.gatun.tensor.Tensor;
import org.junit.jupiter.api.Test;

/** Work counted by hand: a row of 8 of a table per token, times a matrix of [4, 8]. */
class WorkTest {
  private static final int ROW = 8 * 4;
  private static final double FLOPS = 2 * 4 * 8;

  /** Per token: its id, its row read, written and read again, four results. */
  private static final double ACTIVATIONS = 4 + 2 * ROW + 4 * 4;

  private static final double MATRIX = 4 * ROW;

  private static Graph graph() {
    GraphBuilder g = new GraphBuilder("g");
    Value ids = g.input("tokens", DType.I32, Dim.symbol("tokens", 1, 512));
    Value rows = g.gather("rows", g.constant("table", floats(100)), ids);
    g.output(g.linear("y", rows, g.constant("w", floats(4))));
    return g.build();
  }

  private static Tensor floats(int rows) {
    return Tensor.ofFloats(Shape.of(rows, 8), new float[rows * 8]);
  }

  @Test
  void decodeReadsTheWeightsForEveryToken() {
    Work work = Work.of(graph(), new TokenTest(Kind.DECODE, 16, 3, 1), 512);
    assertEquals(new Work(FLOPS, ROW + ACTIVATIONS + MATRIX), work);
  }

  @Test
  void sequencesShareTheWeights() {
    Work work = Work.of(graph(), new TokenTest(Kind.DECODE, 16, 3, 4), 512);
    assertEquals(new Work(FLOPS, ROW + ACTIVATIONS + MATRIX / 4), work);
  }

  @Test
  void prefillReadsTheWeightsOncePerBlock() {
    Work work = Work.of(graph(), new TokenTest(Kind.PREFILL, 10, 0, 1), 5);
    assertEquals(new Work(FLOPS, ROW + ACTIVATIONS + MATRIX / 5), work);
  }

  @Test
  void theNearerLimitBinds() {
    Roofline roofline = new Roofline(100, 50, "int8");
    assertEquals(new Share("memory", 40, 100), new Work(1, 4).share(10, roofline));
    assertEquals(new Share("int8", 50, 100), new Work(5, 4).share(10, roofline));
    assertEquals(0.5, new Work(5, 4).share(10, roofline).value());
  }
}
