package dev.gatun.runtime.session;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.gatun.graph.Cost;
import dev.gatun.graph.CostSummary;
import dev.gatun.graph.Dim;
import dev.gatun.graph.Graph;
import dev.gatun.graph.GraphBuilder;
import dev.gatun.graph.op.Unary;
import dev.gatun.tensor.DType;
import dev.gatun.tensor.Shape;
import dev.gatun.tensor.Tensor;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class FusedCostsTest {
  private static final double PRODUCT = 2 * 2 * 3 * 4;

  /** Two products, each with a sum and a curve behind it. */
  private static Graph graph() {
    var builder = new GraphBuilder("fused");
    var x = builder.input("x", DType.F32, Dim.of(2), Dim.of(3));
    var w = builder.constant("w", Tensor.ofFloats(Shape.of(4, 3), new float[12]));
    var v = builder.constant("v", Tensor.ofFloats(Shape.of(3, 4), new float[12]));
    var b = builder.constant("b", Tensor.ofFloats(Shape.of(4), new float[4]));
    var first = builder.add("add", builder.linear("first", x, w), b);
    var curve = builder.unary("curve", Unary.Function.RELU, first);
    builder.output(builder.unary("end", Unary.Function.RELU, builder.linear("second", curve, v)));
    return builder.build();
  }

  private static double flops(Set<String> timed, String node) {
    Graph graph = graph();
    Map<String, Cost> costs =
        FusedCosts.of(graph, CostSummary.of(graph, Map.of(), 0).nodes(), timed);
    return costs.get(node).flops();
  }

  @Test
  void aProductWithoutATimeCountsWhereItFlowsInto() {
    double own = flops(Set.of("first", "add", "curve", "second", "end"), "curve");
    assertEquals(own + PRODUCT, flops(Set.of("curve", "second", "end"), "curve"));
    assertEquals(PRODUCT, flops(Set.of("curve", "second", "end"), "second"));
  }

  @Test
  void nothingIsReadBehindAnotherProduct() {
    // Neither the sum nor the curve is timed: the first product's time is nobody's.
    double end = flops(Set.of("first", "add", "curve", "second", "end"), "end");
    assertEquals(end + PRODUCT, flops(Set.of("end"), "end"));
  }
}
