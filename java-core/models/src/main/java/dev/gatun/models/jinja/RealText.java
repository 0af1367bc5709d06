package dev.gatun.models.jinja;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;

/** Floating-point numbers as Python writes them: the shortest digits that read back the same. */
final class RealText {
  private RealText() {}

  static String repr(double value) {
    if (Double.isNaN(value)) {
      return "nan";
    }
    if (Double.isInfinite(value)) {
      return value < 0 ? "-inf" : "inf";
    }
    if (value == 0) {
      return 1 / value < 0 ? "-0.0" : "0.0";
    }
    BigDecimal shortest = new BigDecimal(Double.toString(Math.abs(value))).stripTrailingZeros();
    if (shortest.precision() == 2) {
      shortest = oneDigit(shortest, Math.abs(value));
    }
    String digits = shortest.unscaledValue().toString();
    // The value is 0.d1d2d3… times ten to this power.
    int point = digits.length() - shortest.scale();
    StringBuilder out = new StringBuilder(24);
    if (value < 0) {
      out.append('-');
    }
    if (point > 16 || point < -3) {
      exponential(digits, point - 1, out);
    } else if (point <= 0) {
      out.append("0.").repeat('0', -point).append(digits);
    } else if (point >= digits.length()) {
      out.append(digits).repeat('0', point - digits.length()).append(".0");
    } else {
      out.append(digits, 0, point).append('.').append(digits, point, digits.length());
    }
    return out.toString();
  }

  /** Java writes two digits at least and takes the nearest of those; Python is content with one. */
  private static BigDecimal oneDigit(BigDecimal twoDigits, double value) {
    BigDecimal rounded =
        twoDigits.round(new MathContext(1, RoundingMode.HALF_UP)).stripTrailingZeros();
    return rounded.doubleValue() == value ? rounded : twoDigits;
  }

  private static void exponential(String digits, int exponent, StringBuilder out) {
    out.append(digits.charAt(0));
    if (digits.length() > 1) {
      out.append('.').append(digits, 1, digits.length());
    }
    exponent(exponent, out);
  }

  /** The sign and at least two digits. */
  static void exponent(int exponent, StringBuilder out) {
    int size = Math.abs(exponent);
    out.append('e').append(exponent < 0 ? '-' : '+').append(size < 10 ? "0" : "").append(size);
  }
}
