package dev.gatun.testkit.cases;

import dev.gatun.graph.Value;
import dev.gatun.graph.op.Array;
import dev.gatun.graph.op.LayerNormalization;
import dev.gatun.graph.op.RmsNormalization;
import dev.gatun.graph.op.RotaryEmbedding;
import dev.gatun.graph.op.Softmax;
import dev.gatun.tensor.DType;
import dev.gatun.tensor.Shape;
import dev.gatun.testkit.Bound;
import dev.gatun.testkit.ConformanceCase;
import dev.gatun.testkit.Scenario;
import java.util.List;
import java.util.stream.Stream;

/** RmsNormalization, LayerNormalization, Softmax and RotaryEmbedding. */
final class NormalizationCases {
  private NormalizationCases() {}

  static Stream<ConformanceCase> all() {
    return Stream.of(
        ElementwiseCases.of("RmsNormalization/tails", NormalizationCases::rmsTails),
        ElementwiseCases.of("RmsNormalization/wide", NormalizationCases::rmsWide),
        ElementwiseCases.of("RmsNormalization/special", NormalizationCases::rmsSpecial),
        ElementwiseCases.of("LayerNormalization/tails", NormalizationCases::layerTails),
        ElementwiseCases.of("LayerNormalization/offset", NormalizationCases::layerOffset),
        ElementwiseCases.of("Softmax/tails", NormalizationCases::softmaxTails),
        ElementwiseCases.of("Softmax/axes", NormalizationCases::softmaxAxes),
        ElementwiseCases.of("Softmax/special", NormalizationCases::softmaxSpecial),
        ElementwiseCases.of("RotaryEmbedding/halves", name -> rotary(name, false)),
        ElementwiseCases.of("RotaryEmbedding/neighbours", name -> rotary(name, true)),
        ElementwiseCases.of("RotaryEmbedding/far positions", NormalizationCases::rotaryFar));
  }

  private static Scenario rmsTails(String name) {
    Sketch sketch = new Sketch(name);
    for (int n = 1; n <= 67; n++) {
      Value x = sketch.normal("x" + n, 3, n);
      Value scale = sketch.graph().constant("s" + n, sketch.data().scales(n));
      sketch.output("y" + n, new RmsNormalization(1e-5), x, scale);
    }
    // A sum of n squares, a root and two products.
    return sketch.scenario(Bound.relative(4e-6, 1e-7));
  }

  private static Scenario rmsWide(String name) {
    Sketch sketch = new Sketch(name);
    for (int n : List.of(576, 2048, 4099)) {
      Value x = sketch.normal("x" + n, 9, n);
      Value scale = sketch.graph().constant("s" + n, sketch.data().scales(n));
      sketch.output("y" + n, new RmsNormalization(1e-6), x, scale);
    }
    return sketch.scenario(Bound.relative(2e-5, 1e-7));
  }

  private static Scenario rmsSpecial(String name) {
    Sketch sketch = new Sketch(name);
    int n = 40;
    Array x = sketch.data().normal(6, n);
    for (int i = 0; i < n; i++) {
      x.values()[n + i] = 0;
      x.values()[2 * n + i] = (float) (x.values()[2 * n + i] * 1e-30);
      x.values()[3 * n + i] = (float) (x.values()[3 * n + i] * 1e15);
    }
    x.values()[4 * n + 3] = Double.NaN;
    Value scale = sketch.graph().constant("s", sketch.data().scales(n));
    sketch.output("y", new RmsNormalization(1e-5), sketch.input("x", x), scale);
    return sketch.scenario(Bound.relative(4e-6, 1e-7));
  }

  private static Scenario layerTails(String name) {
    Sketch sketch = new Sketch(name);
    for (int n = 2; n <= 67; n++) {
      Value x = sketch.normal("x" + n, 3, n);
      Value scale = sketch.graph().constant("s" + n, sketch.data().scales(n));
      Value bias = n % 3 == 0 ? Value.ABSENT : sketch.weights("b" + n, DType.F32, n);
      sketch.output("y" + n, new LayerNormalization(1e-5), x, scale, bias);
    }
    // Two close values leave little variance: their difference has lost digits.
    return sketch.scenario(Bound.ofRow(2e-5));
  }

  /** A mean far larger than the deviation: the variance must not come from a difference of sums. */
  private static Scenario layerOffset(String name) {
    Sketch sketch = new Sketch(name);
    int n = 768;
    Array x = sketch.data().normal(4, n);
    for (int i = 0; i < x.values().length; i++) {
      x.values()[i] = (float) (x.values()[i] + 300);
    }
    Value scale = sketch.graph().constant("s", sketch.data().scales(n));
    Value bias = sketch.weights("b", DType.F32, n);
    sketch.output("y", new LayerNormalization(1e-12), sketch.input("x", x), scale, bias);
    // The mean of 300 is known to 300 * 768 / 8 partial sums * 2^-24 at worst.
    return sketch.scenario(Bound.relative(1e-4, 1e-3));
  }

  private static Scenario softmaxTails(String name) {
    Sketch sketch = new Sketch(name);
    for (int n = 1; n <= 67; n++) {
      Value x = sketch.input("x" + n, sketch.data().uniform(-20, 20, 3, n));
      sketch.output("y" + n, new Softmax(-1), x);
    }
    // An exponential of a difference of up to 40, rounded to 40 * 2^-24.
    return sketch.scenario(Bound.relative(1e-5, 1e-9));
  }

  private static Scenario softmaxAxes(String name) {
    Sketch sketch = new Sketch(name);
    Value x = sketch.normal("x", 4, 5, 6);
    for (int axis = -3; axis < 3; axis++) {
      sketch.output("axis" + (axis + 3), new Softmax(axis), x);
    }
    return sketch.scenario(Bound.relative(1e-5, 1e-9));
  }

  private static Scenario softmaxSpecial(String name) {
    Sketch sketch = new Sketch(name);
    double inf = Double.POSITIVE_INFINITY;
    double[] values = {
      1000, 999, 998, 0, -inf, 0, -1, -inf, -1e30f, 1e30f, 0, 0, 5, 5, 5, 5, Double.NaN, 1, 2, 3
    };
    Value x = sketch.input("x", Array.ofFloats(Shape.of(5, 4), values));
    sketch.output("y", new Softmax(1), x);
    return sketch.scenario(Bound.relative(1e-5, 1e-9));
  }

  private static Scenario rotary(String name, boolean neighbours) {
    Sketch sketch = new Sketch(name);
    int[][] shapes = {{1, 2, 0, 2}, {3, 8, 0, 8}, {2, 64, 0, 64}, {4, 16, 0, 4}, {2, 24, 16, 8}};
    int tokens = 5;
    double[] positions = {0, 1, 2, 17, 255};
    Value ids = sketch.input("p", new Array(DType.I32, Shape.of(tokens), positions));
    for (int i = 0; i < shapes.length; i++) {
      int[] s = shapes[i];
      Value x = sketch.normal("x" + i, tokens, (long) s[0] * s[1]);
      Value inverse = sketch.constant("f" + i, frequencies(s[3] / 2));
      float magnitude = i == 2 ? 1.1f : 1;
      RotaryEmbedding op = new RotaryEmbedding(s[0], s[1], s[2], s[3], neighbours, magnitude);
      sketch.output("y" + i, op, x, ids, inverse);
    }
    // An angle of up to 255 rounded to single precision is off by 255 * 2^-24.
    return sketch.scenario(Bound.ofRow(4e-5));
  }

  private static Scenario rotaryFar(String name) {
    Sketch sketch = new Sketch(name);
    double[] positions = {1000, 4095, 32767, 131071};
    Value ids = sketch.input("p", new Array(DType.I32, Shape.of(4), positions));
    Value x = sketch.normal("x", 4, 64);
    Value inverse = sketch.constant("f", frequencies(32));
    sketch.output("y", new RotaryEmbedding(1, 64, 0, 64, false, 1), x, ids, inverse);
    return sketch.scenario(Bound.ofRow(131071 * 0x1p-22));
  }

  static Array frequencies(int pairs) {
    double[] values = new double[pairs];
    for (int i = 0; i < pairs; i++) {
      values[i] = (float) Math.pow(10000, -(double) i / pairs);
    }
    return Data.floats(values);
  }
}
