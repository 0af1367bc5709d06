package dev.gatun.testkit.cases;

import dev.gatun.graph.Dim;
import dev.gatun.graph.Value;
import dev.gatun.graph.op.Array;
import dev.gatun.graph.op.Binary;
import dev.gatun.graph.op.Cast;
import dev.gatun.graph.op.GatedActivation;
import dev.gatun.graph.op.Unary;
import dev.gatun.tensor.DType;
import dev.gatun.tensor.Shape;
import dev.gatun.testkit.Bound;
import dev.gatun.testkit.ConformanceCase;
import dev.gatun.testkit.Scenario;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;

/** Unary, Binary, Cast and GatedActivation: every tail length, broadcasting, special values. */
final class ElementwiseCases {
  /** One unit in the last place of single precision at 1. */
  private static final double ULP = 0x1p-23;

  private static final double INF = Double.POSITIVE_INFINITY;

  private ElementwiseCases() {}

  static Stream<ConformanceCase> all() {
    Stream<ConformanceCase> unary =
        Arrays.stream(Unary.Function.values())
            .flatMap(function ->
                Stream.of(
                    of("Unary/" + function + "/tails", name -> unaryTails(name, function)),
                    of("Unary/" + function + "/special", name -> special(name, function))));
    Stream<ConformanceCase> binary =
        Arrays.stream(Binary.Function.values())
            .flatMap(function ->
                Stream.of(
                    of("Binary/" + function + "/tails", name -> binaryTails(name, function)),
                    of("Binary/" + function + "/shapes", name -> shapes(name, function))));
    Stream<ConformanceCase> gated =
        Stream.of(
                Unary.Function.SILU,
                Unary.Function.GELU,
                Unary.Function.GELU_TANH,
                Unary.Function.RELU,
                Unary.Function.SIGMOID)
            .map(function -> of("GatedActivation/" + function, name -> gated(name, function)));
    Stream<ConformanceCase> other =
        Stream.of(
            of("Binary/special", ElementwiseCases::specialArithmetic),
            of("Binary/integers", ElementwiseCases::integers),
            of("Binary/same operand twice", ElementwiseCases::sameOperand),
            of("Cast/floats", ElementwiseCases::casts),
            of("Cast/integers", ElementwiseCases::integerCasts));
    return Stream.of(unary, binary, gated, other).flatMap(cases -> cases);
  }

  static ConformanceCase of(String name, Function<String, Scenario> scenario) {
    return new ConformanceCase(name, () -> scenario.apply(name));
  }

  /** Lengths 1 to 67: every remainder of every vector width, and a few whole vectors. */
  private static Scenario unaryTails(String name, Unary.Function function) {
    Sketch sketch = new Sketch(name);
    for (int n = 1; n <= 67; n++) {
      double low = positive(function) ? 1e-3 : -9;
      Value x = sketch.input("x" + n, sketch.data().uniform(low, 9, n));
      sketch.output("y" + n, new Unary(function), x);
    }
    return sketch.scenario(bound(function, 9));
  }

  private static boolean positive(Unary.Function function) {
    return function == Unary.Function.LOG || function == Unary.Function.SQRT;
  }

  /**
   * Errors of good single-precision implementations: exact or correctly rounded arithmetic for the
   * first group; a few units in the last place for exponentials, whose argument is rounded;
   * functions that are 1 minus an exponential lose the digits that cancel, hence absolute errors.
   */
  private static Bound bound(Unary.Function function, double largest) {
    return switch (function) {
      case NEG, ABS, RELU -> Bound.exact();
      case SQRT, RECIPROCAL -> Bound.relative(2 * ULP, Float.MIN_NORMAL);
      case EXP, SIGMOID -> Bound.relative(16 * ULP, Float.MIN_NORMAL);
      case LOG -> Bound.relative(8 * ULP, 4 * ULP);
      case TANH, ERF -> Bound.relative(16 * ULP, 4 * ULP);
      case SILU, GELU, GELU_TANH -> Bound.relative(16 * ULP, 4 * ULP * largest);
    };
  }

  private static Scenario special(String name, Unary.Function function) {
    double tiny = Float.MIN_VALUE;
    double small = Float.MIN_NORMAL;
    double[] values =
        switch (function) {
          // Not a limit of a function: implementations differ, and no model depends on it.
          case SILU, GELU, GELU_TANH -> new double[] {Double.NaN, 0, -0.0, tiny, small, 1e4, -1e4};
          case RELU -> new double[] {INF, -INF, 0, tiny, -tiny, 1e30, -1e30};
          case EXP -> new double[] {Double.NaN, INF, -INF, 0, -0.0, tiny, 88, -87, 89, -200};
          // Reciprocals of subnormal numbers overflow.
          case RECIPROCAL -> new double[] {Double.NaN, INF, -INF, 0, -0.0, small, 1e30, -1e-30};
          case LOG, SQRT ->
              new double[] {Double.NaN, INF, -INF, 0, -1, small, 1, 1e30, Math.nextUp(1f)};
          default ->
              new double[] {Double.NaN, INF, -INF, 0, -0.0, tiny, -small, 1, -1, 100, -100, 1e30};
        };
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) values[i];
    }
    Sketch sketch = new Sketch(name);
    // Once in whole vectors, once in a tail.
    double[] repeated = new double[values.length * 16];
    Arrays.setAll(repeated, i -> values[i / 16]);
    sketch.output("vectors", new Unary(function), sketch.input("x", Data.floats(repeated)));
    sketch.output("tail", new Unary(function), sketch.input("z", Data.floats(values)));
    return sketch.scenario(bound(function, 1e-2));
  }

  private static Bound bound(Binary.Function function) {
    return switch (function) {
      case MAX, MIN -> Bound.exact();
      case ADD, SUB, MUL -> Bound.relative(0, 0);
      case DIV -> Bound.relative(2 * ULP, 0);
      case POW -> Bound.relative(64 * ULP, 0);
    };
  }

  private static Array operand(Data data, Binary.Function function, int side, long... dims) {
    if (function == Binary.Function.POW) {
      return side == 0 ? data.uniform(0.1, 5, dims) : data.uniform(-3, 3, dims);
    }
    if (function == Binary.Function.DIV && side == 1) {
      return data.uniform(0.5, 3, dims);
    }
    return data.normal(dims);
  }

  private static Scenario binaryTails(String name, Binary.Function function) {
    Sketch sketch = new Sketch(name);
    for (int n = 1; n <= 67; n++) {
      Value a = sketch.input("a" + n, operand(sketch.data(), function, 0, n));
      Value b = sketch.input("b" + n, operand(sketch.data(), function, 1, n));
      sketch.output("y" + n, new Binary(function), a, b);
    }
    return sketch.scenario(bound(function));
  }

  private static Scenario shapes(String name, Binary.Function function) {
    long[][][] pairs = {
      {{3, 5}, {5}},
      {{5}, {3, 5}},
      {{7, 33}, {7, 1}},
      {{7, 1}, {7, 33}},
      {{7, 1}, {1, 33}},
      {{2, 3, 17}, {3, 17}},
      {{2, 3, 17}, {1, 3, 1}},
      {{2, 3, 17}, {2, 1, 17}},
      {{4, 19}, {1}},
      {{1}, {4, 19}},
      {{}, {4, 19}},
      {{}, {}},
      {{0, 4}, {4}},
      {{2, 3, 4, 5}, {3, 1, 5}}
    };
    Sketch sketch = new Sketch(name);
    for (int i = 0; i < pairs.length; i++) {
      Value a = sketch.input("a" + i, operand(sketch.data(), function, 0, pairs[i][0]));
      Value b = sketch.input("b" + i, operand(sketch.data(), function, 1, pairs[i][1]));
      sketch.output("y" + i, new Binary(function), a, b);
    }
    return sketch.scenario(bound(function));
  }

  private static Scenario specialArithmetic(String name) {
    Sketch sketch = new Sketch(name);
    double max = Float.MAX_VALUE;
    double tiny = Float.MIN_VALUE;
    double[] a = {Double.NaN, INF, -INF, INF, 0, 1, max, tiny, tiny, -0.0, 1e30, max};
    double[] b = {1, INF, 1, 0, 0, 0, max, tiny, 2, 0, 1e-30, -max};
    Value x = sketch.input("a", Data.floats(a));
    Value y = sketch.input("b", Data.floats(b));
    for (Binary.Function function :
        List.of(
            Binary.Function.ADD, Binary.Function.SUB, Binary.Function.MUL, Binary.Function.DIV)) {
      sketch.output("y" + function, new Binary(function), x, y);
    }
    return sketch.scenario(Bound.relative(2 * ULP, Float.MIN_NORMAL));
  }

  private static Scenario integers(String name) {
    Sketch sketch = new Sketch(name);
    for (DType dtype : List.of(DType.I32, DType.I64)) {
      Array a = sketch.data().integers(dtype, 1000, 21);
      Array b = sketch.data().integers(dtype, 9, 21);
      for (int i = 0; i < 21; i++) {
        a.values()[i] -= 500;
        b.values()[i] += 1;
      }
      Value x = sketch.input("a" + dtype, a);
      Value y = sketch.input("b" + dtype, b);
      for (Binary.Function function : Binary.Function.values()) {
        if (function != Binary.Function.POW) {
          sketch.output("y" + dtype + function, new Binary(function), x, y);
        }
      }
    }
    return sketch.scenario(Bound.exact());
  }

  private static Scenario sameOperand(String name) {
    Sketch sketch = new Sketch(name);
    Value x = sketch.normal("x", 5, 37);
    Value doubled = sketch.output("doubled", new Binary(Binary.Function.ADD), x, x);
    sketch.output("square", new Binary(Binary.Function.MUL), doubled, doubled);
    sketch.output("zero", new Binary(Binary.Function.SUB), doubled, doubled);
    return sketch.scenario(Bound.relative(2 * ULP, 0));
  }

  private static Scenario gated(String name, Unary.Function function) {
    Sketch sketch = new Sketch(name);
    for (int n : List.of(1, 7, 8, 15, 16, 17, 31, 33, 64, 257)) {
      Dim tokens = Dim.of(3);
      Value gate = sketch.input("g" + n, sketch.data().uniform(-9, 9, 3, n), tokens, Dim.of(n));
      Value up = sketch.input("u" + n, sketch.data().uniform(-2, 2, 3, n), tokens, Dim.of(n));
      sketch.output("y" + n, new GatedActivation(function), gate, up);
    }
    // Products of an activation with its own error and a factor of at most 2.
    return sketch.scenario(Bound.relative(20 * ULP, 8 * ULP * 9));
  }

  private static Scenario casts(String name) {
    Sketch sketch = new Sketch(name);
    double[] values = {
      0,
      -0.0,
      1,
      -1,
      65504,
      65520,
      65519.996,
      1e-8,
      6e-8,
      5.96e-8,
      1.00048828125,
      1.0014648,
      INF,
      -INF,
      Double.NaN,
      3.1415927,
      1e30,
      0x1p-14,
      0x1p-24,
      0x1p-25,
      0x1.8p-25
    };
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) values[i];
    }
    Value x = sketch.input("x", Data.floats(values));
    Value n = sketch.input("n", sketch.data().deviating(3, 65));
    for (DType dtype : List.of(DType.F16, DType.BF16)) {
      Value half = sketch.output("half" + dtype, new Cast(dtype), x);
      sketch.output("back" + dtype, new Cast(DType.F32), half);
      sketch.output(
          "round" + dtype,
          new Cast(DType.F32),
          sketch.graph().node("h" + dtype, new Cast(dtype), n));
    }
    return sketch.scenario(Bound.exact());
  }

  private static Scenario integerCasts(String name) {
    Sketch sketch = new Sketch(name);
    Value x = sketch.input("x", Data.floats(0, -0.0, 0.99f, -0.99f, 1.5, -1.5, 2.5, 1e6, -1e6));
    for (DType dtype : List.of(DType.I32, DType.I64, DType.BOOL)) {
      Value whole = sketch.output("whole" + dtype, new Cast(dtype), x);
      sketch.output("back" + dtype, new Cast(DType.F32), whole);
    }
    Value i =
        sketch.input(
            "i", new Array(DType.I32, Shape.of(4), 0, -1, Integer.MAX_VALUE, Integer.MIN_VALUE));
    sketch.output("float", new Cast(DType.F32), i);
    sketch.output("long", new Cast(DType.I64), i);
    return sketch.scenario(Bound.exact());
  }
}
