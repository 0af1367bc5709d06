package dev.gatun.testkit.cases;

import dev.gatun.graph.Dim;
import dev.gatun.graph.GraphBuilder;
import dev.gatun.graph.Value;
import dev.gatun.graph.op.Array;
import dev.gatun.graph.op.Concat;
import dev.gatun.graph.op.Gather;
import dev.gatun.graph.op.Reduce;
import dev.gatun.graph.op.Reshape;
import dev.gatun.graph.op.Slice;
import dev.gatun.graph.op.Transpose;
import dev.gatun.graph.op.Unary;
import dev.gatun.runtime.spi.Batch;
import dev.gatun.tensor.DType;
import dev.gatun.testkit.Bound;
import dev.gatun.testkit.ConformanceCase;
import dev.gatun.testkit.Scenario;
import dev.gatun.testkit.Step;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Reduce, and the ops that only move values. */
final class ShapeCases {
  private ShapeCases() {}

  static Stream<ConformanceCase> all() {
    Stream<ConformanceCase> reductions =
        Arrays.stream(Reduce.Function.values())
            .map(function -> ElementwiseCases.of("Reduce/" + function, n -> reduce(n, function)));
    Stream<ConformanceCase> moves =
        Stream.of(
            ElementwiseCases.of("Reduce/integers", ShapeCases::reduceIntegers),
            ElementwiseCases.of("Transpose/permutations", ShapeCases::transpose),
            ElementwiseCases.of("Transpose/of tokens", ShapeCases::transposeTokens),
            ElementwiseCases.of("Concat/axes", ShapeCases::concat),
            ElementwiseCases.of("Slice/axes", ShapeCases::slice),
            ElementwiseCases.of("Slice/open extents", ShapeCases::openSlice),
            ElementwiseCases.of("Reshape/ranks", ShapeCases::reshape),
            ElementwiseCases.of("Move/integers and halves", ShapeCases::otherTypes),
            ElementwiseCases.of("Move/empty", ShapeCases::empty),
            ElementwiseCases.of("Move/chain", ShapeCases::chain),
            ElementwiseCases.of("Move/a size told by data", ShapeCases::toldByData));
    return Stream.concat(reductions, moves);
  }

  private static Scenario reduce(String name, Reduce.Function function) {
    Sketch sketch = new Sketch(name);
    List<List<Integer>> axes =
        List.of(
            List.of(0),
            List.of(1),
            List.of(2),
            List.of(0, 1),
            List.of(1, 2),
            List.of(0, 2),
            List.of(0, 1, 2));
    Value cube = sketch.normal("cube", 3, 5, 18);
    for (List<Integer> each : axes) {
      sketch.output("kept" + each, new Reduce(function, each, true), cube);
      sketch.output("gone" + each, new Reduce(function, each, false), cube);
    }
    for (int n : List.of(1, 7, 16, 31, 67, 1025)) {
      Value row = sketch.normal("row" + n, 2, n);
      sketch.output("sum" + n, new Reduce(function, List.of(1), false), row);
    }
    boolean picks = function == Reduce.Function.MAX || function == Reduce.Function.MIN;
    // Sums of up to 1025 normal values, in any order: 1025 * 2^-24 * sum|x|.
    return sketch.scenario(picks ? Bound.exact() : Bound.relative(1e-5, 1e-4));
  }

  private static Scenario reduceIntegers(String name) {
    Sketch sketch = new Sketch(name);
    Value x = sketch.input("x", sketch.data().integers(DType.I32, 100, 4, 9));
    for (Reduce.Function function :
        List.of(Reduce.Function.SUM, Reduce.Function.MAX, Reduce.Function.MIN)) {
      sketch.output("y" + function, new Reduce(function, List.of(1), false), x);
    }
    return sketch.scenario(Bound.exact());
  }

  private static Scenario transpose(String name) {
    Sketch sketch = new Sketch(name);
    Value matrix = sketch.normal("matrix", 33, 17);
    Value cube = sketch.normal("cube", 3, 5, 18);
    Value four = sketch.normal("four", 2, 3, 4, 5);
    List<List<Integer>> permutations =
        List.of(
            List.of(0, 1, 2),
            List.of(0, 2, 1),
            List.of(1, 0, 2),
            List.of(1, 2, 0),
            List.of(2, 0, 1),
            List.of(2, 1, 0));
    sketch.output("turned", new Transpose(List.of(1, 0)), matrix);
    for (List<Integer> each : permutations) {
      sketch.output("cube" + each, new Transpose(each), cube);
    }
    sketch.output("heads", new Transpose(List.of(0, 2, 1, 3)), four);
    sketch.output("reversed", new Transpose(List.of(3, 2, 1, 0)), four);
    return sketch.scenario(Bound.exact());
  }

  /** Heads before tokens and back, for several numbers of tokens. */
  private static Scenario transposeTokens(String name) {
    Data data = new Data(name);
    GraphBuilder graph = new GraphBuilder(name);
    Dim tokens = Dim.symbol(Batch.TOKENS, 1, 4096);
    Value x = graph.input("x", DType.F32, tokens, Dim.of(24));
    Value split = graph.reshape("split", x, tokens, Dim.of(3), Dim.of(8));
    Value heads = graph.transpose("heads", split, 1, 0, 2);
    Value negated = graph.unary("negated", Unary.Function.NEG, heads);
    Value back = graph.transpose("back", negated, 1, 0, 2);
    graph.output(heads);
    graph.output(graph.reshape("joined", back, tokens, Dim.of(24)));
    List<Step> steps = new ArrayList<>();
    for (int count : new int[] {5, 1, 8, 3}) {
      steps.add(MatMulCases.step(count, Map.of("x", data.normal(count, 24))));
    }
    return new Scenario(graph.build(), steps, Bound.exact());
  }

  /** What a slice is handed when an earlier one found a size in its data. */
  private static Scenario toldByData(String name) {
    Data data = new Data(name);
    GraphBuilder graph = new GraphBuilder(name);
    Dim count = new Dim.Symbol("count", 0, 9, true);
    Value x = graph.input("x", DType.F32, count, Dim.of(3));
    Value places = graph.input("places", DType.I64, count);
    Value negated = graph.unary("negated", Unary.Function.NEG, x);
    graph.output(negated);
    graph.output(graph.transpose("turned", negated, 1, 0));
    graph.output(graph.node("joined", new Concat(0), x, negated));
    Value table = graph.constant("table", Data.tensor(data.normal(5, 3)));
    Value picked = graph.node("picked", new Gather(0), table, places);
    graph.output(graph.add("sum", picked, x));
    graph.output(graph.node("columns", new Reduce(Reduce.Function.MAX, List.of(1), false), x));
    List<Step> steps = new ArrayList<>();
    for (int size : new int[] {4, 1, 9, 0, 2}) {
      steps.add(
          Step.of(Map.of("x", data.normal(size, 3), "places", data.integers(DType.I64, 5, size))));
    }
    return new Scenario(graph.build(), steps, Bound.relative(1e-6, 1e-6));
  }

  private static Scenario concat(String name) {
    Sketch sketch = new Sketch(name);
    Value a = sketch.normal("a", 3, 4, 5);
    sketch.output("axis0", new Concat(0), a, sketch.normal("b0", 2, 4, 5), a);
    sketch.output("axis1", new Concat(1), a, sketch.normal("b1", 3, 1, 5));
    sketch.output("axis2", new Concat(2), a, sketch.normal("b2", 3, 4, 13));
    sketch.output("one", new Concat(1), a);
    sketch.output("none", new Concat(0), sketch.normal("b3", 0, 4, 5), a);
    return sketch.scenario(Bound.exact());
  }

  private static Scenario slice(String name) {
    Sketch sketch = new Sketch(name);
    Value x = sketch.normal("x", 4, 6, 35);
    for (int axis = 0; axis < 3; axis++) {
      long size = ((Dim.Fixed) x.type().dim(axis)).size();
      sketch.output("first" + axis, new Slice(axis, 0, 1), x);
      sketch.output("last" + axis, new Slice(axis, size - 1, 1), x);
      sketch.output("middle" + axis, new Slice(axis, 1, size - 2), x);
      sketch.output("whole" + axis, new Slice(axis, 0, size), x);
    }
    return sketch.scenario(Bound.exact());
  }

  private static Scenario openSlice(String name) {
    Sketch sketch = new Sketch(name);
    Dim open = Dim.symbol("n", 1, 6);
    sketch.input("first", sketch.data().normal(6, 3), open, Dim.of(3));
    Value table = sketch.constant("table", sketch.data().normal(1, 9, 3));
    sketch.output("view", new Slice(1, 0, open), table);
    Value wide = sketch.normal("wide", 2, 9, 3);
    sketch.output("copy", new Slice(1, 0, open), wide);
    sketch.output("late", new Slice(1, 4, open.dividedBy(2)), wide);
    return sketch.scenario(Bound.exact());
  }

  private static Scenario reshape(String name) {
    Sketch sketch = new Sketch(name);
    Value x = sketch.normal("x", 4, 6);
    Value scalar = sketch.normal("scalar");
    sketch.output("flat", new Reshape(List.of(Dim.of(24))), x);
    sketch.output("deep", new Reshape(List.of(Dim.of(2), Dim.of(2), Dim.of(1), Dim.of(6))), x);
    sketch.output("one", new Reshape(List.of(Dim.of(1), Dim.of(1))), scalar);
    sketch.output("none", new Reshape(List.of()), sketch.normal("single", 1, 1, 1));
    return sketch.scenario(Bound.exact());
  }

  private static Scenario otherTypes(String name) {
    Sketch sketch = new Sketch(name);
    for (DType dtype : List.of(DType.I32, DType.I64, DType.F16)) {
      Value x = sketch.input("x" + dtype, sketch.data().integers(dtype, 1000, 4, 7));
      sketch.output("turned" + dtype, new Transpose(List.of(1, 0)), x);
      sketch.output("joined" + dtype, new Concat(1), x, x);
      sketch.output("cut" + dtype, new Slice(1, 2, 3), x);
      sketch.output("flat" + dtype, new Reshape(List.of(Dim.of(28))), x);
    }
    return sketch.scenario(Bound.exact());
  }

  private static Scenario empty(String name) {
    Sketch sketch = new Sketch(name);
    Value x = sketch.normal("x", 0, 7);
    sketch.output("turned", new Transpose(List.of(1, 0)), x);
    sketch.output("joined", new Concat(0), x, x);
    sketch.output("cut", new Slice(1, 2, 3), x);
    sketch.output("negated", new Unary(Unary.Function.NEG), x);
    sketch.output("sum", new Reduce(Reduce.Function.SUM, List.of(0), false), x);
    return sketch.scenario(Bound.exact());
  }

  /** Views of views: what an engine may do without copying must still end in order. */
  private static Scenario chain(String name) {
    Sketch sketch = new Sketch(name);
    Array values = sketch.data().normal(6, 8, 5);
    Value x = sketch.input("x", values);
    Value a = sketch.graph().slice("a", x, 1, 2, 4);
    Value b = sketch.graph().transpose("b", a, 2, 0, 1);
    Value c = sketch.graph().reshape("c", b, Dim.of(5), Dim.of(24));
    Value d = sketch.graph().slice("d", c, 1, 7, 11);
    Value e = sketch.graph().concat("e", 0, d, d);
    Value f = sketch.graph().transpose("f", e, 1, 0);
    sketch.output("g", new Unary(Unary.Function.ABS), f);
    sketch.output("h", new Reduce(Reduce.Function.MAX, List.of(0), true), f);
    return sketch.scenario(Bound.exact());
  }
}
