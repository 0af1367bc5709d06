package dev.gatun.models.jinja;

import java.math.BigInteger;
import java.util.Locale;

/** Python's {@code int(text)} and {@code float(text)}. */
final class NumberParser {
  private NumberParser() {}

  /** Null where the text is no integer in that base (2..36, or 0 for the base of the prefix). */
  static BigInteger integer(String text, int base) {
    String digits = ascii(PythonText.strip(text, null));
    boolean negative = digits.startsWith("-");
    if (negative || digits.startsWith("+")) {
      digits = digits.substring(1);
    }
    int prefixed = digits.length() > 2 && digits.charAt(0) == '0' ? radix(digits) : 0;
    int radix = base;
    if (prefixed != 0 && (base == prefixed || base == 0)) {
      radix = prefixed;
      digits = digits.substring(digits.charAt(2) == '_' ? 3 : 2);
    } else if (base == 0) {
      radix = 10;
    }
    if (radix < 2 || radix > 36 || digits.length() > 4300 || !isDigits(digits, radix)) {
      return null;
    }
    BigInteger value = new BigInteger(digits.replace("_", ""), radix);
    return negative ? value.negate() : value;
  }

  private static int radix(String digits) {
    return NumberScanner.radix(digits.charAt(1));
  }

  /** With the digits of every script as ASCII ones. */
  private static String ascii(String text) {
    StringBuilder out = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); ) {
      int c = text.codePointAt(i);
      i += Character.charCount(c);
      boolean digit = c >= 0x80 && Character.getType(c) == Character.DECIMAL_DIGIT_NUMBER;
      out.appendCodePoint(digit ? '0' + Character.digit(c, 10) : c);
    }
    return out.toString();
  }

  /** Digits with single underscores between them. */
  private static boolean isDigits(String text, int radix) {
    boolean digit = false;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '_' && digit) {
        digit = false;
      } else if (c < 0x80 && Character.digit(c, radix) >= 0) {
        digit = true;
      } else {
        return false;
      }
    }
    return digit;
  }

  /** Null where the text is no number. */
  static Double real(String text) {
    String trimmed = ascii(PythonText.strip(text, null));
    boolean signed = trimmed.startsWith("-") || trimmed.startsWith("+");
    double sign = trimmed.startsWith("-") ? -1 : 1;
    String body = signed ? trimmed.substring(1) : trimmed;
    return switch (body.toLowerCase(Locale.ROOT)) {
      case "inf", "infinity" -> Double.valueOf(sign * Double.POSITIVE_INFINITY);
      case "nan" -> Double.valueOf(Double.NaN);
      default ->
          isDecimal(body) ? Double.valueOf(sign * Double.parseDouble(body.replace("_", ""))) : null;
    };
  }

  /** Java also reads "1f", "0x1p3" and the like; Python does not. */
  private static boolean isDecimal(String text) {
    boolean digits = false;
    boolean point = false;
    boolean exponent = false;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      char before = i == 0 ? 0 : text.charAt(i - 1);
      if (c >= '0' && c <= '9') {
        digits = true;
      } else if (c == '.' && !point && !exponent && before != '_') {
        point = true;
      } else if ((c == 'e' || c == 'E') && digits && !exponent && before != '_') {
        exponent = true;
        digits = false;
      } else {
        boolean sign = (c == '+' || c == '-') && (before == 'e' || before == 'E');
        boolean separator = c == '_' && before >= '0' && before <= '9';
        if (!sign && !separator) {
          return false;
        }
      }
    }
    return digits && text.charAt(text.length() - 1) != '_';
  }
}
