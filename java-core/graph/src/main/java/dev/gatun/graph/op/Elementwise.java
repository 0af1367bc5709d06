package dev.gatun.graph.op;

import dev.gatun.graph.Cost;
import dev.gatun.graph.ValueType;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A function of single elements beside those of {@link Unary}; the output has the input's type. In
 * the formulas x is the element, a and b are {@code alpha} and {@code beta}.
 *
 * @param alpha the function's first attribute; 0 where it has none
 * @param beta its second one
 */
public record Elementwise(Function function, double alpha, double beta) implements OnnxOp {
  /** Functions, named as ONNX names the op, and what ONNX calls alpha and beta. */
  public enum Function {
    SIN("Sin"),
    COS("Cos"),
    TAN("Tan"),
    ASIN("Asin"),
    ACOS("Acos"),
    ATAN("Atan"),
    SINH("Sinh"),
    COSH("Cosh"),
    ASINH("Asinh"),
    ACOSH("Acosh"),
    ATANH("Atanh"),
    CEIL("Ceil"),
    FLOOR("Floor"),
    /** To the nearest whole number, halves to the even one. */
    ROUND("Round"),
    SIGN("Sign"),
    SOFTSIGN("Softsign"),
    SOFTPLUS("Softplus"),
    /** {@code x tanh(softplus(x))}. */
    MISH("Mish"),
    HARD_SWISH("HardSwish"),
    /** {@code x < 0 ? a (exp(x) - 1) : x}. */
    ELU("Elu", "alpha", 1, "", 0),
    /** {@code max(0, x) + min(0, a (exp(x / a) - 1))}. */
    CELU("Celu", "alpha", 1, "", 0),
    /** {@code b (x <= 0 ? a (exp(x) - 1) : x)}. */
    SELU("Selu", "alpha", 1.6732632f, "gamma", 1.050701f),
    LEAKY_RELU("LeakyRelu", "alpha", 0.01f, "", 0),
    /** {@code x > a ? x : 0}. */
    THRESHOLDED_RELU("ThresholdedRelu", "alpha", 1, "", 0),
    /** {@code max(0, min(1, a x + b))}. */
    HARD_SIGMOID("HardSigmoid", "alpha", 0.2f, "beta", 0.5f),
    /** {@code x < -b ? x + a : x > b ? x - a : 0}. */
    SHRINK("Shrink", "bias", 0, "lambd", 0.5f);

    private final String onnxName;
    private final String first;
    private final double firstDefault;
    private final String second;
    private final double secondDefault;

    Function(String onnxName) {
      this(onnxName, "", 0, "", 0);
    }

    Function(
        String onnxName, String first, double firstDefault, String second, double secondDefault) {
      this.onnxName = onnxName;
      this.first = first;
      this.firstDefault = firstDefault;
      this.second = second;
      this.secondDefault = secondDefault;
    }

    public String onnxName() {
      return onnxName;
    }

    /** ONNX's name of alpha; empty when the function has none. */
    public String first() {
      return first;
    }

    public double firstDefault() {
      return firstDefault;
    }

    /** ONNX's name of beta; empty when the function has none. */
    public String second() {
      return second;
    }

    public double secondDefault() {
      return secondDefault;
    }
  }

  /** A function without attributes, or with ONNX's defaults. */
  public Elementwise(Function function) {
    this(function, function.firstDefault(), function.secondDefault());
  }

  @Override
  public String type() {
    return function.onnxName();
  }

  @Override
  public Map<String, Object> attributes() {
    Map<String, Object> attributes = new TreeMap<>();
    if (!function.first().isEmpty()) {
      attributes.put(function.first(), alpha);
    }
    if (!function.second().isEmpty()) {
      attributes.put(function.second(), beta);
    }
    return attributes;
  }

  @Override
  public List<ValueType> infer(List<ValueType> inputs) {
    boolean any = function == Function.SIGN || function == Function.SHRINK;
    return List.of(any ? Infer.plain(this, inputs, 0) : Infer.floating(this, inputs, 0));
  }

  @Override
  public Cost cost(List<TypedShape> inputs, List<TypedShape> outputs) {
    return Costs.streaming(Costs.FUNCTION * Costs.elements(outputs.getFirst()), inputs, outputs);
  }

  @Override
  public List<Array> reference(ReferenceCall call) {
    Array x = call.input(0);
    boolean whole = !x.dtype().isFloat();
    double[] y = x.values().clone();
    for (int i = 0; i < y.length; i++) {
      double result = apply(y[i]);
      y[i] = whole ? Elements.round(x.dtype(), result) : result;
    }
    return List.of(new Array(x.dtype(), x.shape(), y));
  }

  /** The function of one number. */
  public double apply(double x) {
    return switch (function) {
      case SIN -> Math.sin(x);
      case COS -> Math.cos(x);
      case TAN -> Math.tan(x);
      case ASIN -> Math.asin(x);
      case ACOS -> Math.acos(x);
      case ATAN -> Math.atan(x);
      case SINH -> Math.sinh(x);
      case COSH -> Math.cosh(x);
      case ASINH -> Math.signum(x) * Math.log(Math.abs(x) + Math.sqrt(x * x + 1));
      case ACOSH -> Math.log(x + Math.sqrt(x * x - 1));
      case ATANH -> 0.5 * (Math.log1p(x) - Math.log1p(-x));
      case CEIL -> Math.ceil(x);
      case FLOOR -> Math.floor(x);
      case ROUND -> Math.rint(x);
      case SIGN -> Math.signum(x);
      case SOFTSIGN -> x / (1 + Math.abs(x));
      case SOFTPLUS -> softplus(x);
      case MISH -> x * Math.tanh(softplus(x));
      case HARD_SWISH -> x * Math.clamp(x / 6 + 0.5, 0.0, 1.0);
      case ELU -> x < 0 ? alpha * Math.expm1(x) : x;
      case CELU -> Math.max(0, x) + Math.min(0, alpha * Math.expm1(x / alpha));
      case SELU -> beta * (x <= 0 ? alpha * Math.expm1(x) : x);
      case LEAKY_RELU -> x < 0 ? alpha * x : x;
      case THRESHOLDED_RELU -> x > alpha ? x : 0;
      case HARD_SIGMOID -> Double.isNaN(x) ? x : Math.clamp(alpha * x + beta, 0.0, 1.0);
      case SHRINK -> x < -beta ? x + alpha : x > beta ? x - alpha : 0;
    };
  }

  private static double softplus(double x) {
    return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
  }
}
