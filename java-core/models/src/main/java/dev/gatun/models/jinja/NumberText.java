package dev.gatun.models.jinja;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.Locale;

/** The formats e, f and g of C and Python for magnitudes; rounding is exact, ties to even. */
final class NumberText {
  /** More digits than any double has after the point. */
  static final int MAX_PRECISION = 1100;

  private NumberText() {}

  /**
   * @param value not negative
   * @param alternate keep the point ({@code #}); for g also the trailing zeros
   */
  static String format(double value, char type, int precision, boolean alternate) {
    if (precision > MAX_PRECISION) {
      throw JinjaException.limit("a format asks for more than " + MAX_PRECISION + " digits");
    }
    char lower = Character.toLowerCase(type);
    String text;
    if (Double.isNaN(value)) {
      text = "nan";
    } else if (Double.isInfinite(value)) {
      text = "inf";
    } else {
      text =
          switch (lower) {
            case 'f' -> fixed(value, precision, alternate);
            case 'e' -> exponential(value, precision, alternate);
            default -> general(value, precision, alternate);
          };
    }
    return lower == type ? text : text.toUpperCase(Locale.ROOT);
  }

  private static String fixed(double value, int precision, boolean alternate) {
    String text = new BigDecimal(value).setScale(precision, RoundingMode.HALF_EVEN).toPlainString();
    return precision == 0 && alternate ? text + "." : text;
  }

  private static String exponential(double value, int precision, boolean alternate) {
    BigDecimal rounded =
        new BigDecimal(value).round(new MathContext(precision + 1, RoundingMode.HALF_EVEN));
    String digits = rounded.unscaledValue().toString();
    int exponent = value == 0 ? 0 : digits.length() - 1 - rounded.scale();
    StringBuilder out = new StringBuilder();
    digits = (digits + "0".repeat(precision + 1)).substring(0, precision + 1);
    out.append(digits.charAt(0));
    if (precision > 0 || alternate) {
      out.append('.').append(digits, 1, digits.length());
    }
    RealText.exponent(exponent, out);
    return out.toString();
  }

  private static String general(double value, int precision, boolean alternate) {
    int significant = Math.max(1, precision);
    String scientific = exponential(value, significant - 1, alternate);
    int exponent = Integer.parseInt(scientific.substring(scientific.indexOf('e') + 1));
    if (exponent < -4 || exponent >= significant) {
      int mark = scientific.indexOf('e');
      String mantissa = scientific.substring(0, mark);
      return (alternate ? mantissa : trimmed(mantissa)) + scientific.substring(mark);
    }
    String plain = fixed(value, significant - 1 - exponent, alternate);
    return alternate ? plain : trimmed(plain);
  }

  /** Without zeros at the end of the fraction, nor a bare point. */
  private static String trimmed(String text) {
    if (text.indexOf('.') < 0) {
      return text;
    }
    int end = text.length();
    while (text.charAt(end - 1) == '0') {
      end--;
    }
    return text.substring(0, text.charAt(end - 1) == '.' ? end - 1 : end);
  }
}
