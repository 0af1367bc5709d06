package dev.gatun.testkit.cases;

import dev.gatun.graph.Value;
import dev.gatun.graph.op.Array;
import dev.gatun.graph.op.DequantizeLinear;
import dev.gatun.graph.op.DynamicQuantizeLinear;
import dev.gatun.graph.op.IntegerConv;
import dev.gatun.graph.op.MatMulInteger;
import dev.gatun.graph.op.QLinearMatMul;
import dev.gatun.graph.op.QuantizeLinear;
import dev.gatun.graph.op.Windows;
import dev.gatun.tensor.DType;
import dev.gatun.tensor.Shape;
import dev.gatun.testkit.Bound;
import dev.gatun.testkit.ConformanceCase;
import dev.gatun.testkit.Scenario;
import java.util.List;
import java.util.stream.Stream;

/** ONNX's small integers with scales and zero points. */
final class QuantizationCases {
  private QuantizationCases() {}

  static Stream<ConformanceCase> all() {
    return Stream.of(
        ElementwiseCases.of("Quantize/saturation and halves", QuantizationCases::saturated),
        ElementwiseCases.of("Quantize/axes", QuantizationCases::alongAxes),
        ElementwiseCases.of("Quantize/dynamic", QuantizationCases::dynamic),
        ElementwiseCases.of("MatMulInteger/zero points", QuantizationCases::products),
        ElementwiseCases.of("QLinearMatMul/zero points", QuantizationCases::quantizedProduct),
        ElementwiseCases.of("ConvInteger/windows", QuantizationCases::convolutions));
  }

  private static Array number(DType dtype, double x) {
    return new Array(dtype, Shape.of(), x);
  }

  private static Scenario saturated(String name) {
    Sketch sketch = new Sketch(name);
    double inf = Double.POSITIVE_INFINITY;
    Value x =
        sketch.input(
            "x", Data.floats(0, 0.25, 0.75, 1.25, -0.25, -0.75, 63.5, 64, -64, -64.5, 1e9, -inf));
    // Halves of the scale are exact, and lie between two numbers.
    Value scale = sketch.constant("scale", number(DType.F32, 0.5));
    for (DType dtype : List.of(DType.I8, DType.U8)) {
      double zero = dtype == DType.I8 ? -3 : 128;
      Value point = sketch.constant("zero" + dtype, number(dtype, zero));
      Value y = sketch.output("y" + dtype, new QuantizeLinear(0, 0, dtype), x, scale, point);
      sketch.output("back" + dtype, new DequantizeLinear(0, 0), y, scale, point);
    }
    return sketch.scenario(Bound.exact());
  }

  private static Scenario alongAxes(String name) {
    Sketch sketch = new Sketch(name);
    Value x = sketch.input("x", sketch.data().integers(DType.I8, 100, 3, 5, 7));
    for (int axis = 0; axis < 3; axis++) {
      long extent = x.type().dim(axis).max();
      Value scale = sketch.constant("scale" + axis, sketch.data().uniform(0.1, 2, extent));
      Value zero = sketch.constant("zero" + axis, sketch.data().integers(DType.I8, 20, extent));
      sketch.output("y" + axis, new DequantizeLinear(axis, 0), x, scale, zero);
    }
    return sketch.scenario(Bound.relative(1e-6, 1e-6));
  }

  private static Scenario dynamic(String name) {
    Sketch sketch = new Sketch(name);
    // The range of x and 0 is 255 steps of a scale that is exact.
    Value x = sketch.input("x", Data.floats(-10, 53.75, 0, 7.25, -9.75, 12.5, 31));
    sketch.outputs("y", new DynamicQuantizeLinear(), x);
    return sketch.scenario(Bound.relative(1e-6, 0));
  }

  private static Scenario products(String name) {
    Sketch sketch = new Sketch(name);
    for (int inner : List.of(1, 7, 64, 131)) {
      Value a = sketch.input("a" + inner, sketch.data().integers(DType.U8, 256, 5, inner));
      Value b = sketch.constant("b" + inner, sketch.data().integers(DType.I8, 128, inner, 9));
      Value zero = sketch.constant("zero" + inner, number(DType.U8, 117));
      Value other = sketch.constant("other" + inner, number(DType.I8, -5));
      sketch.output("y" + inner, new MatMulInteger(), a, b, zero, other);
      sketch.output("plain" + inner, new MatMulInteger(), a, b, Value.ABSENT, Value.ABSENT);
    }
    return sketch.scenario(Bound.exact());
  }

  private static Scenario quantizedProduct(String name) {
    Sketch sketch = new Sketch(name);
    Value a = sketch.input("a", sketch.data().integers(DType.U8, 256, 5, 64));
    Value b = sketch.constant("b", sketch.data().integers(DType.I8, 128, 64, 9));
    // Powers of two, so that scales are exact.
    Value half = sketch.constant("half", number(DType.F32, 0.5));
    Value zero = sketch.constant("zero", number(DType.U8, 3));
    Value other = sketch.constant("other", number(DType.I8, -5));
    Value coarse = sketch.constant("coarse", number(DType.F32, 256));
    Value point = sketch.constant("point", number(DType.U8, 128));
    sketch.output("y", new QLinearMatMul(), a, half, zero, b, half, other, coarse, point);
    return sketch.scenario(Bound.exact());
  }

  private static Scenario convolutions(String name) {
    Sketch sketch = new Sketch(name);
    Value x = sketch.input("x", sketch.data().integers(DType.U8, 256, 1, 3, 7, 9));
    Value w = sketch.constant("w", sketch.data().integers(DType.U8, 256, 4, 3, 3, 2));
    Value zero = sketch.constant("zero", number(DType.U8, 11));
    Value other = sketch.constant("other", number(DType.U8, 130));
    var windows =
        new Windows(
            List.of(3L, 2L),
            List.of(2L, 1L),
            List.of(1L, 1L),
            List.of(1L, 0L),
            List.of(0L, 1L),
            Windows.Auto.NOTSET,
            false);
    sketch.output("y", new IntegerConv(windows, 1, false), x, w, zero, other);
    Value signed = sketch.constant("signed", sketch.data().integers(DType.I8, 128, 4, 3, 3, 2));
    Value minus = sketch.constant("minus", number(DType.I8, -5));
    sketch.output("z", new IntegerConv(windows, 1, false), x, signed, zero, minus);
    return sketch.scenario(Bound.exact());
  }
}
