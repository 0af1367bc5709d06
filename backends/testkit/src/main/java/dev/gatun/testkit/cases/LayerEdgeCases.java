package dev.gatun.testkit.cases;

import dev.gatun.graph.Dim;
import dev.gatun.graph.Value;
import dev.gatun.graph.op.Array;
import dev.gatun.graph.op.Conv;
import dev.gatun.graph.op.Pool;
import dev.gatun.graph.op.Recurrent;
import dev.gatun.graph.op.Recurrent.Activation;
import dev.gatun.graph.op.Recurrent.Direction;
import dev.gatun.graph.op.Reduce;
import dev.gatun.graph.op.Resize;
import dev.gatun.graph.op.Windows;
import dev.gatun.tensor.DType;
import dev.gatun.tensor.Shape;
import dev.gatun.testkit.Bound;
import dev.gatun.testkit.ConformanceCase;
import dev.gatun.testkit.Scenario;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What layers are seldom asked for: other paddings, sequences of unlike lengths, special values.
 */
final class LayerEdgeCases {
  private LayerEdgeCases() {}

  static Stream<ConformanceCase> all() {
    return Stream.of(
        ElementwiseCases.of("Conv/padded to the same size", LayerEdgeCases::sameSize),
        ElementwiseCases.of("Pool/last windows", LayerEdgeCases::lastWindows),
        ElementwiseCases.of("Pool/indices", LayerEdgeCases::indices),
        ElementwiseCases.of("Recurrent/LSTM with everything", LayerEdgeCases::memory),
        ElementwiseCases.of("Recurrent/GRU by lengths", LayerEdgeCases::gated),
        ElementwiseCases.of("Resize/scales and regions", LayerEdgeCases::resized),
        ElementwiseCases.of("Reduce/special values", LayerEdgeCases::reduced));
  }

  private static Windows windows(
      List<Long> kernel, long stride, long dilation, long pad, Windows.Auto auto, boolean ceil) {
    int rank = kernel.size();
    List<Long> pads = Collections.nCopies(rank, pad);
    return new Windows(
        kernel,
        Collections.nCopies(rank, stride),
        Collections.nCopies(rank, dilation),
        pads,
        pads,
        auto,
        ceil);
  }

  private static Scenario sameSize(String name) {
    Sketch sketch = new Sketch(name);
    Value x = sketch.normal("x", 2, 3, 7, 18);
    Value w = sketch.constant("w", sketch.data().deviating(0.2, 5, 3, 4, 3));
    for (Windows.Auto auto : List.of(Windows.Auto.SAME_UPPER, Windows.Auto.SAME_LOWER)) {
      for (long stride = 1; stride <= 3; stride++) {
        Windows windows = windows(List.of(4L, 3L), stride, 1, 0, auto, false);
        sketch.output("y" + auto + stride, new Conv(windows, 1), x, w);
        Pool mean = new Pool(Pool.Kind.AVERAGE, windows, false, 2, false, false);
        sketch.output("mean" + auto + stride, mean, x);
      }
    }
    return sketch.scenario(Bound.relative(2e-5, 2e-5));
  }

  private static Scenario lastWindows(String name) {
    Sketch sketch = new Sketch(name);
    Value x = sketch.normal("x", 1, 3, 8, 13);
    for (Pool.Kind kind : List.of(Pool.Kind.MAX, Pool.Kind.AVERAGE)) {
      for (long pad = 0; pad <= 1; pad++) {
        Windows windows = windows(List.of(3L, 3L), 2, 1, pad, Windows.Auto.NOTSET, true);
        sketch.output("y" + kind + pad, new Pool(kind, windows, false, 2, false, false), x);
      }
    }
    Windows dilated = windows(List.of(2L, 3L), 1, 3, 0, Windows.Auto.NOTSET, false);
    sketch.output("dilated", new Pool(Pool.Kind.MAX, dilated, false, 2, false, false), x);
    Value low = sketch.input("low", new Array(DType.F32, Shape.of(1, 1, 2), -7, -5));
    Windows line = windows(List.of(2L), 1, 1, 1, Windows.Auto.NOTSET, false);
    // Padding is no element: the maximum of negative numbers is negative.
    sketch.output("negative", new Pool(Pool.Kind.MAX, line, false, 2, false, false), low);
    return sketch.scenario(Bound.relative(1e-5, 1e-5));
  }

  private static Scenario indices(String name) {
    Sketch sketch = new Sketch(name);
    Value x = sketch.normal("x", 2, 3, 5, 9);
    Windows windows = windows(List.of(3L, 2L), 2, 1, 1, Windows.Auto.NOTSET, false);
    sketch.outputs("y", new Pool(Pool.Kind.MAX, windows, false, 2, true, false), x);
    return sketch.scenario(Bound.exact());
  }

  private static List<Activation> plain(Recurrent.Function... functions) {
    return Stream.of(functions).map(function -> new Activation(function, 0, 0)).toList();
  }

  private static Value lengths(Sketch sketch) {
    return sketch.constant("lengths", new Array(DType.I32, Shape.of(3), 5, 1, 3));
  }

  private static Scenario memory(String name) {
    Sketch sketch = new Sketch(name);
    int hidden = 5;
    List<Activation> one =
        plain(Recurrent.Function.SIGMOID, Recurrent.Function.TANH, Recurrent.Function.TANH);
    List<Activation> both = Stream.of(one, one).flatMap(List::stream).toList();
    var op =
        new Recurrent(
            Recurrent.Kind.LSTM,
            hidden,
            Direction.BIDIRECTIONAL,
            both,
            Optional.empty(),
            false,
            false,
            false);
    sketch.outputs(
        "y",
        op,
        sketch.normal("x", 5, 3, 4),
        sketch.constant("w", sketch.data().deviating(0.4, 2, 4L * hidden, 4)),
        sketch.constant("r", sketch.data().deviating(0.4, 2, 4L * hidden, hidden)),
        sketch.constant("b", sketch.data().normal(2, 8L * hidden)),
        lengths(sketch),
        sketch.normal("h", 2, 3, hidden),
        sketch.normal("c", 2, 3, hidden),
        sketch.constant("p", sketch.data().deviating(0.4, 2, 3L * hidden)));
    return sketch.scenario(Bound.relative(1e-4, 2e-5));
  }

  private static Scenario gated(String name) {
    Sketch sketch = new Sketch(name);
    int hidden = 6;
    Value x = sketch.normal("x", 5, 3, 4);
    Value lengths = lengths(sketch);
    for (boolean linear : List.of(false, true)) {
      var op =
          new Recurrent(
              Recurrent.Kind.GRU,
              hidden,
              Direction.REVERSE,
              plain(Recurrent.Function.SIGMOID, Recurrent.Function.TANH),
              Optional.empty(),
              false,
              linear,
              false);
      Value w = sketch.constant("w" + linear, sketch.data().deviating(0.4, 1, 3L * hidden, 4));
      Value r = sketch.constant("r" + linear, sketch.data().deviating(0.4, 1, 3L * hidden, hidden));
      Value b = sketch.constant("b" + linear, sketch.data().normal(1, 6L * hidden));
      sketch.outputs("y" + linear, op, x, w, r, b, lengths);
    }
    return sketch.scenario(Bound.relative(1e-4, 2e-5));
  }

  private static Scenario resized(String name) {
    Sketch sketch = new Sketch(name);
    Value x = sketch.normal("x", 1, 2, 5, 6);
    List<Dim> larger = List.of(Dim.of(1), Dim.of(2), Dim.of(10), Dim.of(15));
    List<Double> scales = List.of(1.0, 1.0, 2.0, 2.5);
    for (Resize.Mode mode : Resize.Mode.values()) {
      sketch.output(
          "scaled" + mode,
          new Resize(
              mode,
              Resize.Coordinates.HALF_PIXEL,
              Resize.Rounding.ROUND_PREFER_FLOOR,
              larger,
              scales,
              List.of(),
              -0.5,
              mode == Resize.Mode.CUBIC,
              0,
              false),
          x);
    }
    List<Dim> smaller = List.of(Dim.of(1), Dim.of(2), Dim.of(3), Dim.of(4));
    sketch.output(
        "region",
        new Resize(
            Resize.Mode.LINEAR,
            Resize.Coordinates.TF_CROP_AND_RESIZE,
            Resize.Rounding.ROUND_PREFER_FLOOR,
            smaller,
            List.of(),
            List.of(0.0, 0.0, -0.1, 0.2, 1.0, 1.0, 0.8, 1.2),
            -0.75,
            false,
            9,
            false),
        x);
    return sketch.scenario(Bound.relative(1e-5, 1e-5));
  }

  private static Scenario reduced(String name) {
    Sketch sketch = new Sketch(name);
    double inf = Double.POSITIVE_INFINITY;
    Value x =
        sketch.input(
            "x",
            new Array(
                DType.F32, Shape.of(3, 4), 1, -inf, 2, 3, inf, 0.5, -1, -0.0, -3, -2, -7, -5));
    Value tail = sketch.normal("tail", 2, 3, 1, 67);
    for (Reduce.Function function : Reduce.Function.values()) {
      sketch.output("rows" + function, new Reduce(function, List.of(1), true), x);
      sketch.output("all" + function, new Reduce(function, List.of(0, 1, 2, 3), false), tail);
      sketch.output("unit" + function, new Reduce(function, List.of(2), false), tail);
    }
    return sketch.scenario(Bound.relative(2e-5, 2e-5));
  }
}
