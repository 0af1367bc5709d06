package dev.gatun.testkit.cases;

import dev.gatun.graph.Dim;
import dev.gatun.graph.Value;
import dev.gatun.graph.op.Array;
import dev.gatun.graph.op.BatchNormalization;
import dev.gatun.graph.op.Binary;
import dev.gatun.graph.op.Conv;
import dev.gatun.graph.op.ConvTranspose;
import dev.gatun.graph.op.Pool;
import dev.gatun.graph.op.Recurrent;
import dev.gatun.graph.op.Recurrent.Activation;
import dev.gatun.graph.op.Resize;
import dev.gatun.graph.op.Unary;
import dev.gatun.graph.op.Windows;
import dev.gatun.tensor.DType;
import dev.gatun.testkit.Bound;
import dev.gatun.testkit.ConformanceCase;
import dev.gatun.testkit.Scenario;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Convolutions, pools, recurrent layers and interpolation, and arithmetic in other dtypes. */
final class LayerCases {
  /** Sums of up to a thousand products of normal values by weights of deviation 1/sqrt(n). */
  private static final Bound SUMS = Bound.relative(2e-5, 2e-5);

  private LayerCases() {}

  static Stream<ConformanceCase> all() {
    return Stream.of(
        ElementwiseCases.of("Conv/windows", LayerCases::windows),
        ElementwiseCases.of("Conv/depthwise", LayerCases::depthwise),
        ElementwiseCases.of("Conv/pointwise", LayerCases::pointwise),
        ElementwiseCases.of("Conv/one and three axes", LayerCases::axes),
        ElementwiseCases.of("Conv/followed", LayerCases::followed),
        ElementwiseCases.of("Conv/every width", LayerCases::widths),
        ElementwiseCases.of("ConvTranspose/strides and groups", LayerCases::transposed),
        ElementwiseCases.of("Pool/kinds", LayerCases::pools),
        ElementwiseCases.of("BatchNormalization/inference", LayerCases::normalized),
        ElementwiseCases.of("Recurrent/kinds", LayerCases::recurrent),
        ElementwiseCases.of("Resize/modes", LayerCases::resized),
        ElementwiseCases.of("Binary/per channel", LayerCases::channels),
        ElementwiseCases.of("Arithmetic/double precision", LayerCases::doubles));
  }

  private static Windows windows(
      List<Long> kernel, List<Long> strides, List<Long> dilations, List<Long> pads) {
    int rank = kernel.size();
    return new Windows(
        kernel,
        strides,
        dilations,
        pads.subList(0, rank),
        pads.subList(rank, 2 * rank),
        Windows.Auto.NOTSET,
        false);
  }

  private static Windows square(long kernel, long stride, long pad) {
    return windows(
        List.of(kernel, kernel),
        List.of(stride, stride),
        List.of(1L, 1L),
        List.of(pad, pad, pad, pad));
  }

  private static Value weights(Sketch sketch, String name, long... dims) {
    long row = 1;
    for (int i = 1; i < dims.length; i++) {
      row *= dims[i];
    }
    return sketch.constant(name, sketch.data().deviating(1 / Math.sqrt((double) row), dims));
  }

  private static Scenario windows(String name) {
    Sketch sketch = new Sketch(name);
    Value x = sketch.normal("x", 2, 6, 11, 37);
    Value bias = sketch.constant("bias", sketch.data().normal(8));
    Value w = weights(sketch, "w", 8, 6, 3, 3);
    for (long stride = 1; stride <= 3; stride++) {
      for (long pad = 0; pad <= 2; pad++) {
        Conv op = new Conv(square(3, stride, pad), 1);
        sketch.output("y" + stride + pad, op, x, w, bias);
      }
    }
    Value grouped = weights(sketch, "grouped", 4, 3, 2, 4);
    Windows wide =
        windows(List.of(2L, 4L), List.of(1L, 2L), List.of(3L, 2L), List.of(0L, 3L, 1L, 5L));
    sketch.output("groups", new Conv(wide, 2), x, grouped);
    Value many = sketch.normal("many", 1, 3, 40, 64);
    Value few = weights(sketch, "few", 19, 3, 5, 5);
    sketch.output("pieces", new Conv(square(5, 1, 2), 1), many, few);
    return sketch.scenario(SUMS);
  }

  private static Scenario depthwise(String name) {
    Sketch sketch = new Sketch(name);
    Value x = sketch.normal("x", 2, 5, 13, 35);
    Value w = weights(sketch, "w", 5, 1, 3, 3);
    Value twice = weights(sketch, "twice", 10, 1, 5, 5);
    Value bias = sketch.constant("bias", sketch.data().normal(5));
    for (long stride = 1; stride <= 3; stride++) {
      sketch.output("y" + stride, new Conv(square(3, stride, 1), 5), x, w, bias);
      sketch.output("z" + stride, new Conv(square(5, stride, 2), 5), x, twice);
    }
    Windows uneven =
        windows(List.of(3L, 3L), List.of(2L, 1L), List.of(1L, 2L), List.of(1L, 0L, 2L, 3L));
    sketch.output("uneven", new Conv(uneven, 5), x, w);
    Value row = sketch.normal("row", 1, 5, 50);
    Value taps = weights(sketch, "taps", 5, 1, 4);
    Windows line = windows(List.of(4L), List.of(2L), List.of(3L), List.of(4L, 3L));
    sketch.output("line", new Conv(line, 5), row, taps);
    return sketch.scenario(SUMS);
  }

  private static Scenario pointwise(String name) {
    Sketch sketch = new Sketch(name);
    Conv op = new Conv(square(1, 1, 0), 1);
    for (int pixels : List.of(1, 2, 15, 17, 130)) {
      Value x = sketch.normal("x" + pixels, 2, 7, pixels, 9);
      Value w = weights(sketch, "w" + pixels, 29, 7, 1, 1);
      sketch.output("y" + pixels, op, x, w);
    }
    Value one = sketch.normal("one", 3, 48, 1, 1);
    sketch.output("vector", op, one, weights(sketch, "w", 50, 48, 1, 1));
    Value x = sketch.normal("x", 2, 8, 4, 5);
    sketch.output("groups", new Conv(square(1, 1, 0), 4), x, weights(sketch, "v", 12, 2, 1, 1));
    return sketch.scenario(SUMS);
  }

  private static Scenario axes(String name) {
    Sketch sketch = new Sketch(name);
    Value row = sketch.normal("row", 2, 4, 61);
    Windows line = windows(List.of(5L), List.of(2L), List.of(1L), List.of(2L, 1L));
    sketch.output("line", new Conv(line, 1), row, weights(sketch, "taps", 6, 4, 5));
    Value tall = sketch.normal("tall", 1, 4, 61, 1);
    Windows upright =
        windows(List.of(5L, 1L), List.of(2L, 1L), List.of(1L, 1L), List.of(2L, 0L, 1L, 0L));
    sketch.output("upright", new Conv(upright, 1), tall, weights(sketch, "u", 6, 4, 5, 1));
    Value block = sketch.normal("block", 1, 2, 5, 6, 7);
    Windows cube =
        windows(
            List.of(2L, 3L, 3L),
            List.of(1L, 2L, 1L),
            List.of(2L, 1L, 1L),
            List.of(1L, 1L, 1L, 0L, 1L, 1L));
    sketch.output("cube", new Conv(cube, 1), block, weights(sketch, "c", 3, 2, 2, 3, 3));
    return sketch.scenario(SUMS);
  }

  /** Rows and channels around every width of vectors and tiles. */
  private static Scenario widths(String name) {
    Sketch sketch = new Sketch(name);
    for (int width : List.of(1, 3, 4, 7, 8, 9, 15, 16, 17, 31, 33, 47, 63, 64, 65, 100, 129)) {
      Value x = sketch.normal("x" + width, 1, 3, 5, width);
      int out = 1 + width % 13;
      Value bias = sketch.constant("bias" + width, sketch.data().normal(out));
      Value w = weights(sketch, "w" + width, out, 3, 3, 3);
      sketch.output("full" + width, new Conv(square(3, 1, 1), 1), x, w, bias);
      Value v = weights(sketch, "v" + width, out, 3, 1, 1);
      sketch.output("point" + width, new Conv(square(1, 1, 0), 1), x, v, bias);
      for (long stride = 1; stride <= 2; stride++) {
        Value u = weights(sketch, "u" + width + stride, 3, 1, 5, 5);
        sketch.output("deep" + width + stride, new Conv(square(5, stride, 2), 3), x, u);
      }
    }
    return sketch.scenario(SUMS);
  }

  /** What engines do to a result while it is in the cache. */
  private static Scenario followed(String name) {
    Sketch sketch = new Sketch(name);
    for (int kernel : List.of(1, 3)) {
      Value x = sketch.normal("x" + kernel, 1, 6, 9, 20);
      Value other = sketch.normal("other" + kernel, 1, 6, 9, 20);
      Value w = weights(sketch, "w" + kernel, 6, 6, kernel, kernel);
      Value three = sketch.constant("three" + kernel, Data.floats(3));
      Value six = sketch.constant("six" + kernel, Data.floats(6));
      Value zero = sketch.constant("zero" + kernel, Data.floats(0));
      var g = sketch.graph();
      Conv op = new Conv(square(kernel, 1, kernel / 2), 1);
      Value y = g.node("conv" + kernel, op, x, w);
      Value sum = g.add("sum" + kernel, other, y);
      Value gate = g.add("gate" + kernel, sum, three);
      Value low = g.node("low" + kernel, new Binary(Binary.Function.MAX), gate, zero);
      Value high = g.node("high" + kernel, new Binary(Binary.Function.MIN), low, six);
      Value swish = g.mul("swish" + kernel, sum, high);
      sketch.output("y" + kernel, new Binary(Binary.Function.DIV), swish, six);
      Value z = g.node("again" + kernel, op, x, w);
      sketch.output("z" + kernel, new Unary(Unary.Function.RELU), z);
    }
    return sketch.scenario(Bound.relative(5e-5, 5e-5));
  }

  private static Scenario transposed(String name) {
    Sketch sketch = new Sketch(name);
    Value x = sketch.normal("x", 2, 4, 5, 9);
    Value w = weights(sketch, "w", 4, 3, 3, 3);
    Value bias = sketch.constant("bias", sketch.data().normal(3));
    for (long stride = 1; stride <= 3; stride++) {
      var op = new ConvTranspose(square(3, stride, 1), List.of(stride - 1, 0L), 1);
      sketch.output("y" + stride, op, x, w, bias);
    }
    var plain = new ConvTranspose(square(2, 2, 0), List.of(0L, 0L), 2);
    sketch.output("groups", plain, x, weights(sketch, "grouped", 4, 2, 2, 2));
    Value column = sketch.normal("column", 1, 2, 3, 1);
    Windows upright =
        windows(List.of(3L, 1L), List.of(1L, 1L), List.of(1L, 1L), List.of(1L, 0L, 1L, 0L));
    var line = new ConvTranspose(upright, List.of(0L, 0L), 1);
    sketch.output("line", line, column, weights(sketch, "l", 2, 2, 3, 1));
    return sketch.scenario(SUMS);
  }

  private static Scenario pools(String name) {
    Sketch sketch = new Sketch(name);
    Value x = sketch.normal("x", 2, 3, 9, 14);
    for (Pool.Kind kind : Pool.Kind.values()) {
      for (long stride = 1; stride <= 2; stride++) {
        Pool op = new Pool(kind, square(3, stride, 1), false, 2, false, false);
        sketch.output("y" + kind + stride, op, x);
      }
    }
    Pool counting = new Pool(Pool.Kind.AVERAGE, square(3, 2, 1), true, 2, false, false);
    sketch.output("padding", counting, x);
    Value row = sketch.normal("row", 1, 2, 23);
    Windows line = windows(List.of(3L), List.of(2L), List.of(2L), List.of(2L, 1L));
    sketch.output("line", new Pool(Pool.Kind.MAX, line, false, 2, false, false), row);
    return sketch.scenario(Bound.relative(1e-5, 1e-5));
  }

  private static Scenario normalized(String name) {
    Sketch sketch = new Sketch(name);
    Value x = sketch.normal("x", 2, 5, 3, 4);
    Value scale = sketch.normal("scale", 5);
    Value bias = sketch.normal("bias", 5);
    Value mean = sketch.normal("mean", 5);
    Value variance = sketch.input("variance", sketch.data().uniform(0.2, 2, 5));
    var op = new BatchNormalization(1e-5, 0.9, false);
    sketch.output("y", op, x, scale, bias, mean, variance);
    return sketch.scenario(Bound.relative(1e-5, 1e-5));
  }

  private static Scenario recurrent(String name) {
    Sketch sketch = new Sketch(name);
    for (Recurrent.Kind kind : Recurrent.Kind.values()) {
      for (Recurrent.Direction direction : Recurrent.Direction.values()) {
        String suffix = "." + kind + direction;
        boolean both = direction == Recurrent.Direction.BIDIRECTIONAL;
        Activation sigmoid = new Activation(Recurrent.Function.SIGMOID, 0, 0);
        Activation tanh = new Activation(Recurrent.Function.TANH, 0, 0);
        List<Activation> one =
            switch (kind) {
              case RNN -> List.of(tanh);
              case GRU -> List.of(sigmoid, tanh);
              case LSTM -> List.of(sigmoid, tanh, tanh);
            };
        List<Activation> all =
            Collections.nCopies(both ? 2 : 1, one).stream().flatMap(List::stream).toList();
        var op = new Recurrent(kind, 7, direction, all, Optional.empty(), false, false, false);
        long d = op.directions();
        long rows = 7L * kind.gates();
        Value x = sketch.normal("x" + suffix, 5, 3, 6);
        Value w = sketch.constant("w" + suffix, sketch.data().deviating(0.4, d, rows, 6));
        Value r = sketch.constant("r" + suffix, sketch.data().deviating(0.4, d, rows, 7));
        Value b = sketch.constant("b" + suffix, sketch.data().normal(d, 2 * rows));
        Value h = sketch.normal("h" + suffix, d, 3, 7);
        sketch.outputs("y" + suffix, op, x, w, r, b, Value.ABSENT, h);
      }
    }
    return sketch.scenario(Bound.relative(1e-4, 2e-5));
  }

  private static Scenario resized(String name) {
    Sketch sketch = new Sketch(name);
    Value x = sketch.normal("x", 2, 3, 5, 7);
    for (Resize.Mode mode : Resize.Mode.values()) {
      for (Resize.Coordinates coordinates : Resize.Coordinates.values()) {
        if (coordinates == Resize.Coordinates.TF_CROP_AND_RESIZE) {
          continue;
        }
        Resize op =
            new Resize(
                mode,
                coordinates,
                Resize.Rounding.FLOOR,
                List.of(Dim.of(2), Dim.of(3), Dim.of(9), Dim.of(4)),
                List.of(),
                List.of(),
                -0.75,
                false,
                0,
                false);
        sketch.output("y" + mode + coordinates, op, x);
      }
    }
    return sketch.scenario(Bound.relative(1e-5, 1e-5));
  }

  private static Scenario channels(String name) {
    Sketch sketch = new Sketch(name);
    Value x = sketch.normal("x", 2, 5, 3, 11);
    Value each = sketch.normal("each", 2, 5, 1, 1);
    Value shared = sketch.normal("shared", 5, 1, 1);
    Value rows = sketch.normal("rows", 2, 1, 3, 1);
    for (Binary.Function function :
        List.of(Binary.Function.ADD, Binary.Function.SUB, Binary.Function.MUL)) {
      Binary op = new Binary(function);
      sketch.output("each" + function, op, x, each);
      sketch.output("shared" + function, op, shared, x);
      sketch.output("rows" + function, op, x, rows);
    }
    return sketch.scenario(Bound.relative(1e-6, 1e-6));
  }

  /** No kernel set has these; whoever accepts them computes them all the same. */
  private static Scenario doubles(String name) {
    Sketch sketch = new Sketch(name);
    Value a = sketch.input("a", as(DType.F64, sketch, 3, 5));
    Value b = sketch.input("b", as(DType.F64, sketch, 3, 5));
    sketch.output("sum", new Binary(Binary.Function.ADD), a, b);
    sketch.output("function", new Unary(Unary.Function.TANH), a);
    Value bytes = sketch.input("bytes", sketch.data().integers(DType.I8, 100, 4, 4));
    sketch.output("wrapped", new Binary(Binary.Function.ADD), bytes, bytes);
    return sketch.scenario(Bound.relative(1e-6, 1e-6));
  }

  private static Array as(DType dtype, Sketch sketch, long... dims) {
    Array values = sketch.data().normal(dims);
    return new Array(dtype, values.shape(), values.values());
  }
}
