package dev.gatun.graph.op;

import dev.gatun.graph.Cost;
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

  /** The function of one number. */
  public static double apply(Function function, double x) {
    return switch (function) {
      case NEG -> -x;
      case ABS -> Math.abs(x);
      case EXP -> Math.exp(x);
      case LOG -> Math.log(x);
      case SQRT -> Math.sqrt(x);
      case RECIPROCAL -> 1 / x;
      case SIGMOID -> sigmoid(x);
      case TANH -> Math.tanh(x);
      case ERF -> ErrorFunction.erf(x);
      case SILU -> x * sigmoid(x);
      case GELU -> x * 0.5 * (1 + ErrorFunction.erf(x * Math.sqrt(0.5)));
      case GELU_TANH ->
          x * 0.5 * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x)));
      case RELU -> Double.isNaN(x) ? x : Math.max(x, 0);
    };
  }

  /** Operations that one application counts. */
  static double flops(Function function) {
    return switch (function) {
      case NEG, ABS, SQRT, RECIPROCAL, RELU -> 1;
      case EXP, LOG, SIGMOID, TANH, ERF -> Costs.FUNCTION;
      case SILU -> Costs.FUNCTION + 1;
      case GELU -> Costs.FUNCTION + 4;
      case GELU_TANH -> Costs.FUNCTION + 8;
    };
  }

  @Override
  public Cost cost(List<TypedShape> inputs, List<TypedShape> outputs) {
    return Costs.streaming(flops(function) * Costs.elements(outputs.getFirst()), inputs, outputs);
  }

  @Override
  public List<Array> reference(ReferenceCall call) {
    Array x = call.input(0);
    double[] y = x.values().clone();
    for (int i = 0; i < y.length; i++) {
      y[i] = apply(function, y[i]);
    }
    return List.of(new Array(x.dtype(), x.shape(), y));
  }

  private static double sigmoid(double x) {
    return 1 / (1 + Math.exp(-x));
  }
}
