package dev.gatun.graph.op;

import dev.gatun.graph.ValueType;
import java.util.List;

/** An elementwise function of one input; the output has its type. */
public record Unary(Function function) implements Op {
  /** Functions, named as ONNX names the op ({@code GELU_TANH}: Gelu with approximate=tanh). */
  public enum Function {
    NEG("Neg"),
    ABS("Abs"),
    EXP("Exp"),
    LOG("Log"),
    SQRT("Sqrt"),
    RECIPROCAL("Reciprocal"),
    SIGMOID("Sigmoid"),
    TANH("Tanh"),
    ERF("Erf"),
    SILU("Swish"),
    GELU("Gelu"),
    GELU_TANH("Gelu"),
    RELU("Relu");

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
    return List.of(Infer.floating(this, inputs, 0));
  }
}
