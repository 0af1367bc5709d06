package dev.gatun.graph.op;

import dev.gatun.graph.ValueType;
import dev.gatun.tensor.DType;
import dev.gatun.tensor.Shape;
import java.util.List;
import java.util.Map;

/** Picks from two values of one dtype: inputs condition BOOL, x, y; all broadcast as NumPy does. */
public record Where() implements OnnxOp {
  @Override
  public String type() {
    return "Where";
  }

  @Override
  public Map<String, Object> attributes() {
    return Map.of();
  }

  @Override
  public List<ValueType> infer(List<ValueType> inputs) {
    ValueType condition = Infer.required(this, inputs, 0);
    ValueType x = Infer.plain(this, inputs, 1);
    ValueType y = Infer.plain(this, inputs, 2);
    Infer.check(this, condition.dtype() == DType.BOOL, "condition is %s, not BOOL", condition);
    Infer.check(this, x.dtype() == y.dtype(), "inputs differ in dtype: %s, %s", x, y);
    var dims = Infer.broadcast(this, x.dims(), y.dims());
    return List.of(new ValueType(x.dtype(), Infer.broadcast(this, condition.dims(), dims)));
  }

  @Override
  public List<Array> reference(ReferenceCall call) {
    Array condition = call.input(0);
    Array x = call.input(1);
    Array y = call.input(2);
    Shape shape = Broadcast.shape(condition.shape(), Broadcast.shape(x.shape(), y.shape()));
    int[] at = Broadcast.offsets(shape, Broadcast.strides(condition.shape(), shape));
    int[] xAt = Broadcast.offsets(shape, Broadcast.strides(x.shape(), shape));
    int[] yAt = Broadcast.offsets(shape, Broadcast.strides(y.shape(), shape));
    double[] z = new double[at.length];
    for (int i = 0; i < z.length; i++) {
      z[i] = condition.values()[at[i]] != 0 ? x.values()[xAt[i]] : y.values()[yAt[i]];
    }
    return List.of(new Array(x.dtype(), shape, z));
  }
}
