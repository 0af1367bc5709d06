package dev.gatun.graph.reference;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.graph.Dim;
import dev.gatun.graph.Graph;
import dev.gatun.graph.GraphBuilder;
import dev.gatun.graph.GraphException;
import dev.gatun.graph.Value;
import dev.gatun.graph.ValueType;
import dev.gatun.graph.op.Array;
import dev.gatun.graph.op.Cast;
import dev.gatun.graph.op.ForeignOp;
import dev.gatun.graph.op.If;
import dev.gatun.graph.op.Loop;
import dev.gatun.graph.op.Scan;
import dev.gatun.graph.op.Unary;
import dev.gatun.graph.pass.GraphVerifier;
import dev.gatun.tensor.DType;
import dev.gatun.tensor.Shape;
import dev.gatun.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ControlFlowTest {
  private static final Dim N = Dim.symbol("n", 0, 16);

  @Test
  void ifRunsTheBranchThatTheConditionNames() {
    GraphBuilder g = new GraphBuilder("if");
    Value condition = g.input("condition", DType.BOOL);
    Value x = g.input("x", DType.F32, N);
    g.output(
        g.node(
            "y",
            new If(unary("negative", Unary.Function.NEG), unary("root", Unary.Function.SQRT)),
            condition,
            x));
    Graph graph = GraphVerifier.verify(g.build());
    assertArrayEquals(
        new double[] {-4, -9},
        run(graph, Map.of("condition", bool(true), "x", vector(4, 9))).get("y").values());
    assertArrayEquals(
        new double[] {2, 3},
        run(graph, Map.of("condition", bool(false), "x", vector(4, 9))).get("y").values());
  }

  @Test
  void ifRefusesBranchesThatDiffer() {
    GraphBuilder other = new GraphBuilder("other");
    Value x = other.input("x", DType.F32, N);
    other.output(other.node("y", new Cast(DType.F16), x));
    If op = new If(unary("same", Unary.Function.NEG), other.build());
    List<ValueType> inputs = List.of(ValueType.of(DType.BOOL), ValueType.of(DType.F32, N));
    assertThrows(GraphException.class, () -> op.infer(inputs));
    If same = new If(unary("a", Unary.Function.NEG), unary("b", Unary.Function.ABS));
    assertEquals(List.of(ValueType.of(DType.F32, N)), same.infer(inputs));
    assertThrows(
        GraphException.class,
        () -> same.infer(List.of(ValueType.of(DType.F32), ValueType.of(DType.F32, N))));
    assertThrows(
        GraphException.class,
        () -> same.infer(List.of(ValueType.of(DType.BOOL), ValueType.of(DType.F16, N))));
  }

  /** x doubles and the count falls, while the count is not 0. */
  @Test
  void loopEndsByTripCountOrCondition() {
    Graph graph = GraphVerifier.verify(doubling());
    Map<String, Array> byTrips =
        run(graph, Map.of("trips", integer(3), "x", vector(1, 5), "left", integer(10)));
    assertArrayEquals(new double[] {8, 40}, byTrips.get("loop.0").values());
    assertEquals(7, byTrips.get("loop.1").scalar());
    Map<String, Array> byCondition =
        run(graph, Map.of("trips", integer(100), "x", vector(1, 5), "left", integer(2)));
    assertArrayEquals(new double[] {4, 20}, byCondition.get("loop.0").values());
    Map<String, Array> none =
        run(graph, Map.of("trips", integer(0), "x", vector(1), "left", integer(2)));
    assertArrayEquals(new double[] {1}, none.get("loop.0").values());
  }

  @Test
  void loopRefusesABodyThatDoesNotFit() {
    Loop op = (Loop) doubling().nodes().getLast().op();
    ValueType integer = ValueType.of(DType.I64);
    ValueType vector = ValueType.of(DType.F32, N);
    assertEquals(
        List.of(vector, integer), op.infer(Arrays.asList(integer, null, vector, integer, integer)));
    assertThrows(
        GraphException.class,
        () -> op.infer(Arrays.asList(integer, null, vector, vector, integer)));
    assertThrows(
        GraphException.class,
        () -> op.infer(Arrays.asList(vector, null, vector, integer, integer)));
    assertThrows(GraphException.class, () -> op.infer(Arrays.asList(integer, null, vector)));
  }

  /** Running sums and squares of the rows of a matrix. */
  @Test
  void scanCarriesStateAndStacksSlices() {
    GraphBuilder b = new GraphBuilder("body");
    Value sum = b.input("sum", DType.F32, Dim.of(2));
    Value row = b.input("row", DType.F32, Dim.of(2));
    Value factor = b.input("factor", DType.F32, Dim.of(1));
    Value next = b.add("next", sum, row);
    b.output(next);
    b.output(b.mul("scaled", next, factor));
    GraphBuilder g = new GraphBuilder("scan");
    Value start = g.input("start", DType.F32, Dim.of(2));
    Value rows = g.input("rows", DType.F32, N, Dim.of(2));
    Value scale = g.input("scale", DType.F32, Dim.of(1));
    g.nodes("scan", new Scan(b.build(), 1, 1), List.of(start, rows, scale)).forEach(g::output);
    Graph graph = GraphVerifier.verify(g.build());
    Map<String, Array> result =
        run(
            graph,
            Map.of(
                "start", vector(10, 20),
                "rows", Array.ofFloats(Shape.of(3, 2), 1, 2, 3, 4, 5, 6),
                "scale", vector(2)));
    assertArrayEquals(new double[] {19, 32}, result.get("scan.0").values());
    assertEquals(Shape.of(3, 2), result.get("scan.1").shape());
    assertArrayEquals(new double[] {22, 44, 28, 52, 38, 64}, result.get("scan.1").values());
    Map<String, Array> empty =
        run(
            graph,
            Map.of(
                "start", vector(10, 20),
                "rows", Array.ofFloats(Shape.of(0, 2)),
                "scale", vector(2)));
    assertArrayEquals(new double[] {10, 20}, empty.get("scan.0").values());
    assertEquals(Shape.of(0, 2), empty.get("scan.1").shape());
    Scan op = (Scan) graph.nodes().getFirst().op();
    ValueType two = ValueType.of(DType.F32, Dim.of(2));
    assertThrows(GraphException.class, () -> op.infer(List.of(two, two)));
    assertThrows(
        GraphException.class,
        () -> op.infer(List.of(two, ValueType.of(DType.F32, N, Dim.of(3)), two)));
  }

  @Test
  void errorsNameTheNode() {
    GraphBuilder g = new GraphBuilder("foreign");
    Value x = g.input("x", DType.F32, N);
    ForeignOp op =
        new ForeignOp("acme", "Frob", 1, Map.of(), List.of(), List.of(ValueType.of(DType.F32, N)));
    g.output(g.node("frobbed", op, x));
    GraphException e =
        assertThrows(GraphException.class, () -> run(g.build(), Map.of("x", vector(1))));
    assertTrue(e.getMessage().contains("frobbed") && e.getMessage().contains("acme"));
  }

  private static Graph unary(String name, Unary.Function function) {
    GraphBuilder g = new GraphBuilder(name);
    g.output(g.unary("y", function, g.input("x", DType.F32, N)));
    return g.build();
  }

  private static Graph doubling() {
    GraphBuilder b = new GraphBuilder("body");
    b.input("iteration", DType.I64);
    b.input("condition", DType.BOOL);
    Value x = b.input("x", DType.F32, N);
    Value left = b.input("left", DType.I64);
    Value minusOne = b.input("minusOne", DType.I64);
    Value fewer = b.add("fewer", left, minusOne);
    Value twice = b.add("twice", x, x);
    b.output(b.node("more", new Cast(DType.BOOL), fewer));
    b.output(twice);
    b.output(fewer);
    GraphBuilder g = new GraphBuilder("loop");
    Value trips = g.input("trips", DType.I64);
    Value start = g.input("x", DType.F32, N);
    Value count = g.input("left", DType.I64);
    Value step = g.constant("step", Tensor.ofLongs(Shape.of(), -1));
    g.nodes("loop", new Loop(b.build(), 2), List.of(trips, Value.ABSENT, start, count, step))
        .forEach(g::output);
    return g.build();
  }

  private static Map<String, Array> run(Graph graph, Map<String, Array> inputs) {
    return new ReferenceInterpreter(graph)
        .run(inputs, new ReferenceStates(graph.states()), Set.of());
  }

  private static Array vector(double... values) {
    return Array.ofFloats(Shape.of(values.length), values);
  }

  private static Array integer(long value) {
    return new Array(DType.I64, Shape.of(), value);
  }

  private static Array bool(boolean value) {
    return new Array(DType.BOOL, Shape.of(), value ? 1 : 0);
  }
}
