package dev.gatun.graph.op;

import dev.gatun.graph.ValueType;
import dev.gatun.tensor.DType;
import dev.gatun.tensor.Shape;
import java.util.List;
import java.util.Map;

/**
 * A matrix of the input's shape with ones on a diagonal.
 *
 * @param dtype of the output
 * @param k columns that the diagonal lies right of the main one
 */
public record EyeLike(DType dtype, long k) implements OnnxOp {
  @Override
  public String type() {
    return "EyeLike";
  }

  @Override
  public Map<String, Object> attributes() {
    return Map.of("dtype", OnnxTypes.number(dtype), "k", k);
  }

  @Override
  public List<ValueType> infer(List<ValueType> inputs) {
    ValueType x = Infer.plain(this, inputs, 0);
    Infer.check(this, x.rank() == 2, "%s is no matrix", x);
    return List.of(new ValueType(dtype, x.dims()));
  }

  @Override
  public List<Array> reference(ReferenceCall call) {
    Shape shape = call.input(0).shape();
    double[] y = new double[Math.toIntExact(shape.elements())];
    for (long row = 0; row < shape.dim(0); row++) {
      if (row + k >= 0 && row + k < shape.dim(1)) {
        y[(int) (row * shape.dim(1) + row + k)] = 1;
      }
    }
    return List.of(new Array(dtype, shape, y));
  }
}
