package dev.gatun.onnxruntimebackend;

import dev.gatun.graph.Dim;
import dev.gatun.graph.Graph;
import dev.gatun.graph.GraphBuilder;
import dev.gatun.graph.Value;
import dev.gatun.graph.op.MatMul;
import dev.gatun.tensor.DType;
import dev.gatun.tensor.Shape;
import dev.gatun.tensor.Tensor;

/** Small graphs. */
final class TestModels {
  private TestModels() {}

  /** {@code y = a + b}, each F32 [n, 4]. */
  static Graph sum() {
    var builder = new GraphBuilder("sum");
    Dim n = Dim.symbol("n", 1, 1000);
    Value a = builder.input("a", DType.F32, n, Dim.of(4));
    Value b = builder.input("b", DType.F32, n, Dim.of(4));
    builder.output(builder.add("sum", a, b));
    return builder.build();
  }

  /** The same with fixed sizes, for devices that take nothing else. */
  static Graph fixedSum() {
    var builder = new GraphBuilder("sum");
    Value a = builder.input("a", DType.F32, Dim.of(1), Dim.of(4));
    Value b = builder.input("b", DType.F32, Dim.of(1), Dim.of(4));
    builder.output(builder.add("sum", a, b));
    return builder.build();
  }

  /** {@code y = a W}, a F32 [n, 1024]; W is of the least size whose optimized model is kept. */
  static Graph product(float factor) {
    int width = 1024;
    var weights = new float[width * width];
    for (int i = 0; i < width; i++) {
      weights[i * width + i] = factor;
    }
    var builder = new GraphBuilder("product");
    Value a = builder.input("a", DType.F32, Dim.symbol("n", 1, 1000), Dim.of(width));
    Tensor tensor = Tensor.ofFloats(Shape.of(width, width), weights);
    builder.output(builder.node("product", new MatMul(false), a, builder.constant("w", tensor)));
    return builder.build();
  }
}
