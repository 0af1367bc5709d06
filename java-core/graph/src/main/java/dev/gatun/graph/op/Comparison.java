package dev.gatun.graph.op;

import dev.gatun.graph.ValueType;
import dev.gatun.tensor.DType;
import java.util.List;
import java.util.Map;

/** Compares elements of one plain dtype, broadcast as NumPy does; the output is BOOL. */
public record Comparison(Function function) implements OnnxOp {
  /** Functions, named as ONNX names the op. */
  public enum Function {
    EQUAL("Equal"),
    GREATER("Greater"),
    GREATER_OR_EQUAL("GreaterOrEqual"),
    LESS("Less"),
    LESS_OR_EQUAL("LessOrEqual");

    private final String onnxName;

    Function(String onnxName) {
      this.onnxName = onnxName;
    }

    public String onnxName() {
      return onnxName;
    }
  }

  @Override
  public String type() {
    return function.onnxName();
  }

  @Override
  public Map<String, Object> attributes() {
    return Map.of();
  }

  @Override
  public List<ValueType> infer(List<ValueType> inputs) {
    ValueType a = Infer.plain(this, inputs, 0);
    ValueType b = Infer.plain(this, inputs, 1);
    Infer.check(this, a.dtype() == b.dtype(), "inputs differ in dtype: %s, %s", a, b);
    return List.of(new ValueType(DType.BOOL, Infer.broadcast(this, a.dims(), b.dims())));
  }

  @Override
  public List<Array> reference(ReferenceCall call) {
    return List.of(
        Pairs.apply(call.input(0), call.input(1), DType.BOOL, (a, b) -> holds(a, b) ? 1 : 0));
  }

  private boolean holds(double a, double b) {
    return switch (function) {
      case EQUAL -> a == b;
      case GREATER -> a > b;
      case GREATER_OR_EQUAL -> a >= b;
      case LESS -> a < b;
      case LESS_OR_EQUAL -> a <= b;
    };
  }
}
