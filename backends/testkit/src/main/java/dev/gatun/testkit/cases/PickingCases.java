package dev.gatun.testkit.cases;

import dev.gatun.graph.Dim;
import dev.gatun.graph.Value;
import dev.gatun.graph.op.ArgReduce;
import dev.gatun.graph.op.Array;
import dev.gatun.graph.op.Comparison;
import dev.gatun.graph.op.CumSum;
import dev.gatun.graph.op.Expand;
import dev.gatun.graph.op.GatherElements;
import dev.gatun.graph.op.GatherNd;
import dev.gatun.graph.op.OneHot;
import dev.gatun.graph.op.Pad;
import dev.gatun.graph.op.Reduction;
import dev.gatun.graph.op.ReverseSequence;
import dev.gatun.graph.op.ScatterElements;
import dev.gatun.graph.op.ScatterNd;
import dev.gatun.graph.op.StridedSlice;
import dev.gatun.graph.op.Tile;
import dev.gatun.graph.op.TopK;
import dev.gatun.graph.op.Trilu;
import dev.gatun.graph.op.Where;
import dev.gatun.tensor.DType;
import dev.gatun.tensor.Shape;
import dev.gatun.testkit.Bound;
import dev.gatun.testkit.ConformanceCase;
import dev.gatun.testkit.Scenario;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** ONNX's ops that pick, place, repeat, order and compare elements. */
final class PickingCases {
  private PickingCases() {}

  static Stream<ConformanceCase> all() {
    return Stream.of(
        ElementwiseCases.of("Gather/elements and slices", PickingCases::gathered),
        ElementwiseCases.of("Scatter/elements", PickingCases::scatteredElements),
        ElementwiseCases.of("Scatter/slices", PickingCases::scatteredSlices),
        ElementwiseCases.of("Pad/modes", PickingCases::padded),
        ElementwiseCases.of("Slice/steps", PickingCases::stepped),
        ElementwiseCases.of("TopK/ties and tails", PickingCases::largest),
        ElementwiseCases.of("ArgReduce/ties", PickingCases::extremes),
        ElementwiseCases.of("Compare/special values", PickingCases::compared),
        ElementwiseCases.of("Repeat/Tile and Expand", PickingCases::repeated),
        ElementwiseCases.of("CumSum/directions", PickingCases::summed),
        ElementwiseCases.of("ReverseSequence/lengths", PickingCases::reversed),
        ElementwiseCases.of("OneHot/axes", PickingCases::hot),
        ElementwiseCases.of("Trilu/diagonals", PickingCases::triangles));
  }

  private static List<Dim> dims(long... sizes) {
    return Arrays.stream(sizes).<Dim>mapToObj(Dim::of).toList();
  }

  private static Array longs(Shape shape, long... numbers) {
    return new Array(DType.I64, shape, Arrays.stream(numbers).asDoubleStream().toArray());
  }

  private static Value longs(Sketch sketch, String name, long... numbers) {
    return sketch.constant(name, longs(Shape.of((long) numbers.length), numbers));
  }

  /** Indices in [-limit, limit). */
  private static Array indices(Sketch sketch, int limit, long... dims) {
    Array whole = sketch.data().integers(DType.I64, 2 * limit, dims);
    return new Array(
        DType.I64, whole.shape(), Arrays.stream(whole.values()).map(x -> x - limit).toArray());
  }

  private static Scenario gathered(String name) {
    Sketch sketch = new Sketch(name);
    Value x = sketch.normal("x", 3, 5, 7);
    for (int axis = 0; axis < 3; axis++) {
      int extent = (int) x.type().dim(axis).max();
      Value at = sketch.input("at" + axis, indices(sketch, extent, 2, 4, 3));
      sketch.output("elements" + axis, new GatherElements(axis), x, at);
    }
    Value rows = sketch.constant("rows", longs(Shape.of(3, 2), 0, 4, -1, -5, 2, 0));
    sketch.output("rows", new GatherNd(0), x, rows);
    Value numbers = sketch.constant("numbers", longs(Shape.of(1, 2, 3), 0, 4, 6, -1, -1, -7));
    sketch.output("numbers", new GatherNd(0), x, numbers);
    Value batches = sketch.constant("batches", longs(Shape.of(3, 2, 1), 0, 1, -1, 3, 4, 4));
    sketch.output("batches", new GatherNd(1), x, batches);
    Value whole = sketch.input("whole", sketch.data().integers(DType.I32, 1000, 4, 3));
    Value places = sketch.input("places", indices(sketch, 4, 6, 3));
    sketch.output("integers", new GatherElements(0), whole, places);
    return sketch.scenario(Bound.exact());
  }

  private static Scenario scatteredElements(String name) {
    Sketch sketch = new Sketch(name);
    Value x = sketch.normal("x", 4, 5);
    Value updates = sketch.normal("updates", 2, 3);
    // Each place once: what else would come out is not defined.
    Value once = sketch.constant("once", longs(Shape.of(2, 3), 0, 3, -3, 1, -4, 3));
    sketch.output("none", new ScatterElements(0, Reduction.NONE), x, once, updates);
    Value last = sketch.constant("last", longs(Shape.of(2, 3), 4, 0, -3, 1, -1, 2));
    sketch.output("columns", new ScatterElements(1, Reduction.NONE), x, last, updates);
    Value twice = sketch.constant("twice", longs(Shape.of(2, 3), 1, 1, 2, 1, -3, 2));
    for (Reduction reduction :
        List.of(Reduction.ADD, Reduction.MUL, Reduction.MAX, Reduction.MIN)) {
      sketch.output("y" + reduction, new ScatterElements(0, reduction), x, twice, updates);
    }
    return sketch.scenario(Bound.relative(1e-6, 1e-6));
  }

  private static Scenario scatteredSlices(String name) {
    Sketch sketch = new Sketch(name);
    Value x = sketch.normal("x", 4, 3, 5);
    Value slices = sketch.normal("slices", 3, 5);
    Value once = sketch.constant("once", longs(Shape.of(3, 2), 0, 2, -1, 0, 2, -2));
    sketch.output("none", new ScatterNd(Reduction.NONE), x, once, slices);
    Value twice = sketch.constant("twice", longs(Shape.of(3, 2), 1, 1, 0, 0, 1, 1));
    for (Reduction reduction :
        List.of(Reduction.ADD, Reduction.MUL, Reduction.MAX, Reduction.MIN)) {
      sketch.output("y" + reduction, new ScatterNd(reduction), x, twice, slices);
    }
    Value number = sketch.constant("number", longs(Shape.of(1, 3), 3, 2, 4));
    sketch.output("one", new ScatterNd(Reduction.NONE), x, number, sketch.normal("single", 1));
    return sketch.scenario(Bound.relative(1e-6, 1e-6));
  }

  private static Scenario padded(String name) {
    Sketch sketch = new Sketch(name);
    Value x = sketch.normal("x", 2, 4, 5);
    Value pads = longs(sketch, "pads", 0, 1, 2, 0, 3, 1);
    Value filling = sketch.constant("filling", new Array(DType.F32, Shape.of(), -2.5));
    for (Pad.Mode mode : List.of(Pad.Mode.CONSTANT, Pad.Mode.REFLECT, Pad.Mode.EDGE)) {
      Value value = mode == Pad.Mode.CONSTANT ? filling : Value.ABSENT;
      sketch.output("y" + mode, new Pad(mode, dims(2, 8, 8)), x, pads, value, Value.ABSENT);
    }
    Value cut = longs(sketch, "cut", 1, -1, 0, 0, 2, -3);
    Pad less = new Pad(Pad.Mode.CONSTANT, dims(3, 5, 2));
    sketch.output("less", less, x, cut, Value.ABSENT, Value.ABSENT);
    Value whole = sketch.input("whole", sketch.data().integers(DType.I64, 1000, 3));
    Pad line = new Pad(Pad.Mode.CONSTANT, dims(4));
    sketch.output("zero", line, whole, longs(sketch, "one", 1, 0), Value.ABSENT, Value.ABSENT);
    return sketch.scenario(Bound.exact());
  }

  private static Scenario stepped(String name) {
    Sketch sketch = new Sketch(name);
    Value x = sketch.normal("x", 5, 6, 35);
    Value starts = longs(sketch, "starts", -1, 1);
    Value ends = longs(sketch, "ends", Long.MIN_VALUE / 2, 100);
    Value axes = longs(sketch, "axes", 2, 0);
    Value steps = longs(sketch, "steps", -4, 2);
    sketch.output("turned", new StridedSlice(dims(2, 6, 9)), x, starts, ends, axes, steps);
    Value from = longs(sketch, "from", 4, 5, 34);
    Value to = longs(sketch, "to", -100, -100, -100);
    Value back = longs(sketch, "back", -1, -1, -1);
    sketch.output("all", new StridedSlice(dims(5, 6, 35)), x, from, to, Value.ABSENT, back);
    Value last = longs(sketch, "last", 0, 0, -7);
    Value far = longs(sketch, "far", 3, 6, 35);
    sketch.output(
        "plain", new StridedSlice(dims(3, 6, 7)), x, last, far, Value.ABSENT, Value.ABSENT);
    return sketch.scenario(Bound.exact());
  }

  private static Scenario largest(String name) {
    Sketch sketch = new Sketch(name);
    for (int n : List.of(1, 5, 33)) {
      Value x = sketch.normal("x" + n, 3, n);
      long k = Math.min(n, 4);
      Value count = longs(sketch, "k" + n, k);
      for (boolean most : List.of(true, false)) {
        sketch.outputs("y" + n + most, new TopK(1, most, true, Dim.of(k)), x, count);
      }
    }
    Value ties = sketch.input("ties", Data.floats(2, 7, 7, -1, 7, 2, Double.POSITIVE_INFINITY));
    Value six = longs(sketch, "six", 6);
    sketch.outputs("tied", new TopK(0, true, true, Dim.of(6)), ties, six);
    Value columns = sketch.normal("columns", 9, 2, 3);
    Value three = longs(sketch, "three", 3);
    sketch.outputs("first", new TopK(0, false, true, Dim.of(3)), columns, three);
    return sketch.scenario(Bound.exact());
  }

  private static Scenario extremes(String name) {
    Sketch sketch = new Sketch(name);
    Value x = sketch.normal("x", 3, 5, 17);
    Value ties = sketch.input("ties", sketch.data().integers(DType.I32, 3, 4, 19));
    for (boolean max : List.of(true, false)) {
      for (int axis = 0; axis < 3; axis++) {
        sketch.output("y" + max + axis, new ArgReduce(max, axis, axis == 1, false), x);
      }
      sketch.output("first" + max, new ArgReduce(max, 1, false, false), ties);
      sketch.output("last" + max, new ArgReduce(max, 1, true, true), ties);
    }
    return sketch.scenario(Bound.exact());
  }

  private static Scenario compared(String name) {
    Sketch sketch = new Sketch(name);
    double inf = Double.POSITIVE_INFINITY;
    Value a = sketch.input("a", Data.floats(1, -0.0, Double.NaN, inf, -inf, inf, 3, -2, 0.5));
    Value b = sketch.input("b", Data.floats(1, 0.0, Double.NaN, inf, inf, 5, Double.NaN, -2, 1));
    Value c = sketch.input("c", sketch.data().integers(DType.I64, 4, 3, 9));
    Value d = sketch.input("d", sketch.data().integers(DType.I64, 4, 3, 1));
    for (Comparison.Function function : Comparison.Function.values()) {
      Value which = sketch.output("floats" + function, new Comparison(function), a, b);
      sketch.output("integers" + function, new Comparison(function), c, d);
      sketch.output("picked" + function, new Where(), which, a, b);
    }
    return sketch.scenario(Bound.exact());
  }

  private static Scenario repeated(String name) {
    Sketch sketch = new Sketch(name);
    Value x = sketch.normal("x", 2, 1, 3);
    Value counts = longs(sketch, "counts", 1, 4, 3);
    sketch.output("tiled", new Tile(dims(2, 4, 9)), x, counts);
    Value shape = longs(sketch, "shape", 3, 1, 5, 1);
    sketch.output("expanded", new Expand(dims(3, 2, 5, 3)), x, shape);
    Value whole = sketch.input("whole", sketch.data().integers(DType.I32, 1000, 3, 1));
    sketch.output("integers", new Expand(dims(3, 7)), whole, longs(sketch, "seven", 7));
    return sketch.scenario(Bound.exact());
  }

  private static Scenario summed(String name) {
    Sketch sketch = new Sketch(name);
    Value x = sketch.normal("x", 3, 19, 2);
    for (int axis = 0; axis < 3; axis++) {
      Value along = sketch.constant("axis" + axis, longs(Shape.of(), axis == 2 ? -1 : axis));
      for (boolean exclusive : List.of(false, true)) {
        for (boolean reverse : List.of(false, true)) {
          var op = new CumSum(exclusive, reverse);
          sketch.output("y" + axis + exclusive + reverse, op, x, along);
        }
      }
    }
    return sketch.scenario(Bound.relative(4e-6, 4e-6));
  }

  private static Scenario reversed(String name) {
    Sketch sketch = new Sketch(name);
    Value x = sketch.normal("x", 4, 3, 5);
    Value three = longs(sketch, "three", 4, 1, 2);
    sketch.output("time", new ReverseSequence(1, 0), x, three);
    Value four = longs(sketch, "four", 3, 1, 2, 3);
    sketch.output("batch", new ReverseSequence(0, 1), x, four);
    return sketch.scenario(Bound.exact());
  }

  private static Scenario hot(String name) {
    Sketch sketch = new Sketch(name);
    Value indices = sketch.input("indices", longs(Shape.of(2, 3), 0, 4, -1, -5, 2, 9));
    Value depth = sketch.constant("depth", longs(Shape.of(1), 5));
    Value values = sketch.constant("values", Data.floats(-0.5, 2));
    sketch.output("last", new OneHot(2, Dim.of(5)), indices, depth, values);
    sketch.output("middle", new OneHot(1, Dim.of(5)), indices, depth, values);
    sketch.output("first", new OneHot(0, Dim.of(5)), indices, depth, values);
    return sketch.scenario(Bound.exact());
  }

  private static Scenario triangles(String name) {
    Sketch sketch = new Sketch(name);
    Value wide = sketch.normal("wide", 2, 4, 7);
    Value tall = sketch.normal("tall", 6, 3);
    for (long k : new long[] {-9, -2, 0, 1, 8}) {
      Value diagonal = sketch.constant("k" + k, longs(Shape.of(), k));
      for (boolean upper : List.of(true, false)) {
        sketch.output("wide" + k + upper, new Trilu(upper), wide, diagonal);
        sketch.output("tall" + k + upper, new Trilu(upper), tall, diagonal);
      }
    }
    return sketch.scenario(Bound.exact());
  }
}
