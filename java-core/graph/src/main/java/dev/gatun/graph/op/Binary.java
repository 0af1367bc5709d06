package dev.gatun.graph.op;

import dev.gatun.graph.ValueType;
import java.util.List;

/** An elementwise function of two inputs of one dtype, broadcast as NumPy does. */
public record Binary(Function function) implements Op {
  /** Functions, named as ONNX names the op. */
  public enum Function {
    ADD("Add"),
    SUB("Sub"),
    MUL("Mul"),
    DIV("Div"),
    POW("Pow"),
    MAX("Max"),
    MIN("Min");

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
  public List<ValueType> infer(List<ValueType> inputs) {
    ValueType a = Infer.required(this, inputs, 0);
    ValueType b = Infer.required(this, inputs, 1);
    Infer.check(this, a.dtype() == b.dtype(), "inputs differ in dtype: %s, %s", a, b);
    return List.of(new ValueType(a.dtype(), Infer.broadcast(this, a.dims(), b.dims())));
  }
}
