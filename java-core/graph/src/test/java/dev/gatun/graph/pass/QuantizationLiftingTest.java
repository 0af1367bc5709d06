package dev.gatun.graph.pass;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import dev.gatun.graph.Dim;
import dev.gatun.graph.Graph;
import dev.gatun.graph.GraphBuilder;
import dev.gatun.graph.Node;
import dev.gatun.graph.Value;
import dev.gatun.graph.op.Binary;
import dev.gatun.graph.op.DequantizeLinear;
import dev.gatun.graph.op.Elementwise;
import dev.gatun.graph.op.MatMul;
import dev.gatun.graph.op.QuantizeLinear;
import dev.gatun.graph.op.Unary;
import dev.gatun.graph.pass.QuantizationLifting.Code;
import dev.gatun.graph.pass.QuantizationLifting.Lifted;
import dev.gatun.tensor.DType;
import dev.gatun.tensor.Shape;
import dev.gatun.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class QuantizationLiftingTest {
  private final GraphBuilder g = new GraphBuilder("pairs");

  private Value number(String name, float value) {
    return g.constant(name, Tensor.ofFloats(Shape.of(), value));
  }

  private Value bytes(String name, DType dtype, Shape shape, int... values) {
    byte[] data = new byte[values.length];
    for (int i = 0; i < data.length; i++) {
      data[i] = (byte) values[i];
    }
    return g.constant(name, new Tensor(dtype, shape, MemorySegment.ofArray(data)));
  }

  private Value pair(String name, Value x, float scale, int zero) {
    Value s = number(name + ".scale", scale);
    Value z = bytes(name + ".zero", DType.U8, Shape.of(), zero);
    Value codes = g.node(name + ".codes", new QuantizeLinear(0, 0, DType.U8), x, s, z);
    return g.node(name, new DequantizeLinear(0, 0), codes, s, z);
  }

  private static List<String> types(Graph graph) {
    return graph.nodes().stream().map(node -> node.op().type()).toList();
  }

  @Test
  void pairsBecomeCodesAndWeightsNumbers() {
    Value x = g.input("x", DType.F32, Dim.of(3), Dim.of(2));
    Value w = bytes("w", DType.I8, Shape.of(2, 2), 1, -2, 3, -128);
    Value scales = g.constant("w.scale", Tensor.ofFloats(Shape.of(2), 0.5f, 2));
    Value weights = g.node("weights", new DequantizeLinear(1, 0), w, scales);
    Value product = g.node("product", new MatMul(false), pair("x'", x, 0.25f, 7), weights);
    Value relu = g.unary("relu", Unary.Function.RELU, pair("product'", product, 0.5f, 100));
    g.output(pair("y", relu, 0.125f, 0));
    Graph graph = g.build();
    Lifted lifted = QuantizationLifting.apply(graph);
    GraphVerifier.verify(lifted.graph());
    // The cast gives the output its name.
    assertEquals(List.of("MatMul", "Relu", "Cast"), types(lifted.graph()));
    assertEquals(
        Map.of(
            "x", new Code(DType.U8, 0.25f, 7, true),
            "product", new Code(DType.U8, 0.5f, 100, true),
            "relu", new Code(DType.U8, 0.125f, 0, true)),
        lifted.codes());
    assertEquals(Map.of("x'", "x", "product'", "product"), lifted.aliases());
    Node matMul = lifted.graph().nodes().getFirst();
    Tensor decoded = lifted.graph().constant(matMul.input(1)).orElseThrow().data();
    assertArrayEquals(new float[] {0.5f, -4, 1.5f, -256}, decoded.toFloats());
    assertEquals("y", lifted.graph().outputs().getFirst().name());
  }

  @Test
  void aValueThatSomebodyReadsUnroundedSaysSo() {
    Value x = g.input("x", DType.F32, Dim.of(4));
    Value a = g.unary("a", Unary.Function.NEG, x);
    g.output(g.add("sum", pair("a'", a, 1, 0), a));
    Lifted lifted = QuantizationLifting.apply(g.build());
    assertEquals(Map.of("a", new Code(DType.U8, 1, 0, false)), lifted.codes());
  }

  @Test
  void scalesOfAxesAndCodesForOthersStay() {
    Value x = g.input("x", DType.F32, Dim.of(2), Dim.of(2));
    Value scales = g.constant("scales", Tensor.ofFloats(Shape.of(2), 1, 2));
    Value perAxis = g.node("q", new QuantizeLinear(1, 0, DType.I8), x, scales);
    g.output(g.node("d", new DequantizeLinear(1, 0), perAxis, scales));
    Value s = number("s", 1);
    g.output(g.node("codes", new QuantizeLinear(0, 0, DType.I8), x, s));
    Lifted lifted = QuantizationLifting.apply(g.build());
    assertEquals(
        List.of("QuantizeLinear", "DequantizeLinear", "QuantizeLinear"), types(lifted.graph()));
    assertEquals(Map.of(), lifted.codes());
  }

  @Test
  void aGraphWithoutPairsIsTheSame() {
    Value x = g.input("x", DType.F32, Dim.of(4));
    g.output(g.unary("a", Unary.Function.NEG, x));
    Graph graph = g.build();
    assertSame(graph, QuantizationLifting.apply(graph).graph());
  }

  private static Graph swish(float shift, boolean quotient) {
    GraphBuilder b = new GraphBuilder("swish");
    Value x = b.input("x", DType.F32, Dim.of(4));
    Value shifted = b.add("a", b.scalar("three", shift), x);
    Value low = b.node("low", new Binary(Binary.Function.MAX), shifted, b.scalar("zero", 0));
    Value high = b.node("high", new Binary(Binary.Function.MIN), b.scalar("six", 6), low);
    Value product = b.mul("p", x, high);
    b.output(
        quotient
            ? b.node("y", new Binary(Binary.Function.DIV), product, b.scalar("width", 6))
            : b.mul("y", b.scalar("sixth", 1 / 6f), product));
    return b.build();
  }

  @Test
  void hardSwishIsOneOpForAccelerators() {
    Elementwise op = new Elementwise(Elementwise.Function.HARD_SWISH, 0, 0);
    for (boolean quotient : new boolean[] {true, false}) {
      Graph fused = GraphVerifier.verify(OpFusion.applyAll(swish(3, quotient)));
      assertEquals(List.of(op), fused.nodes().stream().map(Node::op).toList());
      assertEquals(5, OpFusion.applyAll(swish(2, quotient)).nodes().size());
      assertEquals(5, OpFusion.apply(swish(3, quotient)).nodes().size());
    }
  }
}
