package dev.gatun.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.graph.op.Attention;
import dev.gatun.graph.op.MixtureOfExperts;
import dev.gatun.graph.op.Op.TypedShape;
import dev.gatun.graph.op.Scan;
import dev.gatun.graph.op.Unary;
import dev.gatun.tensor.DType;
import dev.gatun.tensor.Shape;
import dev.gatun.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Work counted by hand. */
class CostSummaryTest {
  private static final Dim T = Dim.symbol("tokens", 1, 512);

  @Test
  void productsCountMultiplyAddsTwiceAndStoredWeightBytes() {
    GraphBuilder g = new GraphBuilder("g");
    Value x = g.input("x", DType.F32, T, Dim.of(64));
    g.output(g.linear("y", x, weights(g, DType.Q4_0, 100, 64)));
    Cost cost = CostSummary.of(g.build(), Map.of("tokens", 10L), 0).total();
    assertEquals(new Cost(2.0 * 10 * 100 * 64, 100 * 2 * 18, 10 * (64 + 100) * 4), cost);
    assertEquals(100 * 2 * 18 + 10 * 164 * 4, cost.bytes());
  }

  @Test
  void gatherReadsOnlyItsRows() {
    GraphBuilder g = new GraphBuilder("g");
    Value ids = g.input("ids", DType.I32, T);
    g.output(g.gather("y", weights(g, DType.Q8_0, 1000, 32), ids));
    Cost cost = CostSummary.of(g.build(), Map.of("tokens", 3L), 0).total();
    assertEquals(new Cost(0, 3 * 34, 3 * 4 + 3 * 32 * 4), cost);
  }

  @Test
  void attentionReadsThePast() {
    StateSpec spec = new StateSpec(2, 16, 16, 0, 0, DType.F16);
    Attention op = new Attention(4, spec, 1, 0, true, Optional.of("kv"));
    List<TypedShape> inputs = List.of(f(1, 64), f(1, 32), f(1, 32), ids(1), ids(1));
    Cost none = op.cost(inputs, List.of(f(1, 64)));
    Cost far = op.cost(inputs, List.of(f(1, 64)), 1000);
    double perPair = 4 * (2 * 16 + 2 * 16 + 10);
    assertEquals(perPair, none.flops());
    assertEquals(1001 * perPair, far.flops());
    assertEquals(1000.0 * 2 * 32 * 2, far.activationBytes() - none.activationBytes());
    StateSpec near = new StateSpec(2, 16, 16, 0, 100, DType.F16);
    Attention window = new Attention(4, near, 1, 0, true, Optional.of("kv"));
    assertEquals(100 * perPair, window.cost(inputs, List.of(f(1, 64)), 1000).flops());
  }

  @Test
  void expertsReadOnlyTheChosen() {
    MixtureOfExperts op =
        new MixtureOfExperts(8, 2, Unary.Function.SILU, MixtureOfExperts.Gating.SOFTMAX, true, 1);
    TypedShape gate = new TypedShape(DType.F32, Shape.of(8, 16, 32), true);
    TypedShape down = new TypedShape(DType.F32, Shape.of(8, 32, 16), true);
    double one = 3.0 * 16 * 32 * 4;
    for (int tokens : new int[] {1, 3, 100}) {
      List<TypedShape> inputs = List.of(f(tokens, 32), f(tokens, 8), gate, gate, down);
      Cost cost = op.cost(inputs, List.of(f(tokens, 32)));
      assertEquals(Math.min(8, 2 * tokens) * one, cost.weightBytes(), 1e-6);
      assertTrue(cost.flops() >= 2.0 * tokens * 2 * 3 * 16 * 32);
    }
  }

  @Test
  void scansCountTheirBodyPerSlice() {
    GraphBuilder body = new GraphBuilder("body");
    Value sum = body.input("sum", DType.F32, Dim.of(4));
    Value row = body.input("row", DType.F32, Dim.of(4));
    body.output(body.add("next", sum, row));
    GraphBuilder g = new GraphBuilder("g");
    Value start = g.input("start", DType.F32, Dim.of(4));
    Value rows = g.input("rows", DType.F32, T, Dim.of(4));
    g.nodes("scan", new Scan(body.build(), 1, 1), List.of(start, rows)).forEach(g::output);
    CostSummary costs = CostSummary.of(g.build(), Map.of("tokens", 7L), 0);
    assertEquals(28, costs.total().flops());
    assertTrue(costs.toString().contains("scan"), costs::toString);
  }

  @Test
  void missingSizesAreTheLargestAndWrongOnesAreRefused() {
    GraphBuilder g = new GraphBuilder("g");
    Value x = g.input("x", DType.F32, T, Dim.of(2));
    g.output(g.add("y", x, x));
    Graph graph = g.build();
    assertEquals(1024, CostSummary.of(graph, Map.of(), 0).total().flops());
    assertThrows(GraphException.class, () -> CostSummary.of(graph, Map.of("tokens", 513L), 0));
  }

  private static Value weights(GraphBuilder g, DType dtype, long rows, long columns) {
    Shape shape = Shape.of(rows, columns);
    byte[] bytes = new byte[(int) dtype.byteSize(shape.elements())];
    return g.constant("w", new Tensor(dtype, shape, MemorySegment.ofArray(bytes)));
  }

  private static TypedShape f(long... dims) {
    return new TypedShape(DType.F32, Shape.of(Arrays.copyOf(dims, dims.length)));
  }

  private static TypedShape ids(long tokens) {
    return new TypedShape(DType.I32, Shape.of(tokens));
  }
}
