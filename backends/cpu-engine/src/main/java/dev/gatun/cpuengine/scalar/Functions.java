package dev.gatun.cpuengine.scalar;

import dev.gatun.graph.op.Binary;
import dev.gatun.graph.op.Unary;

/** The elementwise functions of the intermediate representation, in double precision. */
public final class Functions {
  private static final double TWO_OVER_SQRT_PI = 2 / Math.sqrt(Math.PI);

  private Functions() {}

  public static double unary(Unary.Function function, double x) {
    return switch (function) {
      case NEG -> -x;
      case ABS -> Math.abs(x);
      case EXP -> Math.exp(x);
      case LOG -> Math.log(x);
      case SQRT -> Math.sqrt(x);
      case RECIPROCAL -> 1 / x;
      case SIGMOID -> sigmoid(x);
      case TANH -> Math.tanh(x);
      case ERF -> erf(x);
      case SILU -> silu(x);
      case GELU -> gelu(x);
      case GELU_TANH -> geluTanh(x);
      case RELU -> x < 0 ? 0 : x;
    };
  }

  public static double binary(Binary.Function function, double a, double b) {
    return switch (function) {
      case ADD -> a + b;
      case SUB -> a - b;
      case MUL -> a * b;
      case DIV -> a / b;
      case POW -> Math.pow(a, b);
      case MAX -> Math.max(a, b);
      case MIN -> Math.min(a, b);
    };
  }

  static double sigmoid(double x) {
    return 1 / (1 + Math.exp(-x));
  }

  /** {@code x sigmoid(x)}; the limit 0 at minus infinity. */
  static double silu(double x) {
    return x == Double.NEGATIVE_INFINITY ? 0 : x * sigmoid(x);
  }

  static double gelu(double x) {
    return x == Double.NEGATIVE_INFINITY ? 0 : x * 0.5 * (1 + erf(x * Math.sqrt(0.5)));
  }

  /** Hendrycks and Gimpel 2016, the form with the hyperbolic tangent. */
  static double geluTanh(double x) {
    if (x == Double.NEGATIVE_INFINITY) {
      return 0;
    }
    double inner = Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x);
    return x * 0.5 * (1 + Math.tanh(inner));
  }

  /**
   * The error function: its Maclaurin series below 3, the asymptotic series of its complement above
   * (Abramowitz and Stegun 7.1.5 and 7.1.23). Good to single precision.
   */
  static double erf(double x) {
    double size = Math.abs(x);
    if (size < 3) {
      double square = x * x;
      double power = x;
      double sum = x;
      for (int n = 1; n < 60; n++) {
        power *= -square / n;
        sum += power / (2 * n + 1);
      }
      return TWO_OVER_SQRT_PI * sum;
    }
    if (Double.isNaN(x)) {
      return x;
    }
    double inverse = 1 / (2 * size * size);
    double series = 1 - inverse * (1 - 3 * inverse * (1 - 5 * inverse));
    double complement = Math.exp(-size * size) / (size * Math.sqrt(Math.PI)) * series;
    return Math.copySign(1 - complement, x);
  }
}
