package dev.gatun.testkit.cases;

import dev.gatun.graph.Dim;
import dev.gatun.graph.Graph;
import dev.gatun.graph.GraphBuilder;
import dev.gatun.graph.Value;
import dev.gatun.graph.op.Array;
import dev.gatun.graph.op.Cast;
import dev.gatun.graph.op.If;
import dev.gatun.graph.op.Loop;
import dev.gatun.graph.op.Scan;
import dev.gatun.graph.op.Unary;
import dev.gatun.tensor.DType;
import dev.gatun.tensor.Shape;
import dev.gatun.tensor.Tensor;
import dev.gatun.testkit.Bound;
import dev.gatun.testkit.ConformanceCase;
import dev.gatun.testkit.Scenario;
import dev.gatun.testkit.Step;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** If, Loop and Scan. */
final class ControlFlowCases {
  private ControlFlowCases() {}

  static Stream<ConformanceCase> all() {
    return Stream.of(
        ElementwiseCases.of("If/branches", ControlFlowCases::branches),
        ElementwiseCases.of("Loop/trip count and condition", ControlFlowCases::loop),
        ElementwiseCases.of("Scan/running sum", ControlFlowCases::scan));
  }

  private static Scenario branches(String name) {
    Dim n = Dim.of(9);
    GraphBuilder graph = new GraphBuilder(name);
    Value condition = graph.input("condition", DType.BOOL);
    Value x = graph.input("x", DType.F32, n);
    If op = new If(unary(Unary.Function.NEG, n), unary(Unary.Function.RELU, n));
    graph.output(graph.node("y", op, condition, x));
    Array values = new Data(name).normal(9);
    return new Scenario(
        graph.build(),
        List.of(
            Step.of(Map.of("condition", new Array(DType.BOOL, Shape.of(), 1), "x", values)),
            Step.of(Map.of("condition", new Array(DType.BOOL, Shape.of(), 0), "x", values))),
        Bound.exact());
  }

  private static Graph unary(Unary.Function function, Dim n) {
    GraphBuilder body = new GraphBuilder("" + function);
    body.output(body.unary("y", function, body.input("x", DType.F32, n)));
    return body.build();
  }

  /** Doubles a vector while a count is not 0, at most so many times. */
  private static Scenario loop(String name) {
    Dim n = Dim.of(5);
    GraphBuilder body = new GraphBuilder("body");
    body.input("iteration", DType.I64);
    body.input("condition", DType.BOOL);
    Value carried = body.input("carried", DType.F32, n);
    Value left = body.input("left", DType.I64);
    Value fewer = body.add("fewer", left, body.constant("step", Tensor.ofLongs(Shape.of(), -1)));
    body.output(body.node("more", new Cast(DType.BOOL), fewer));
    body.output(body.add("twice", carried, carried));
    body.output(fewer);
    GraphBuilder graph = new GraphBuilder(name);
    Value trips = graph.input("trips", DType.I64);
    Value x = graph.input("x", DType.F32, n);
    Value count = graph.input("count", DType.I64);
    graph
        .nodes("loop", new Loop(body.build(), 2), List.of(trips, Value.ABSENT, x, count))
        .forEach(graph::output);
    Array values = new Data(name).normal(5);
    return new Scenario(
        graph.build(),
        Stream.of(new long[] {3, 10}, new long[] {10, 3}, new long[] {0, 3})
            .map(each ->
                Step.of(
                    Map.of(
                        "trips", new Array(DType.I64, Shape.of(), each[0]),
                        "x", values,
                        "count", new Array(DType.I64, Shape.of(), each[1]))))
            .toList(),
        Bound.exact());
  }

  private static Scenario scan(String name) {
    Dim width = Dim.of(4);
    GraphBuilder body = new GraphBuilder("body");
    Value sum = body.input("sum", DType.F32, width);
    Value row = body.input("row", DType.F32, width);
    Value factor = body.input("factor", DType.F32, Dim.of(1));
    Value next = body.add("next", sum, row);
    body.output(next);
    body.output(body.mul("scaled", next, factor));
    Sketch sketch = new Sketch(name);
    Value start = sketch.normal("start", 4);
    Value rows = sketch.normal("rows", 7, 4);
    Value scale = sketch.input("scale", Data.floats(0.5));
    sketch
        .graph()
        .nodes("scan", new Scan(body.build(), 1, 1), List.of(start, rows, scale))
        .forEach(sketch.graph()::output);
    return sketch.scenario(Bound.relative(0, 1e-5));
  }
}
