package dev.gatun.models.jinja;

/** Where a number literal ends: Python's syntax, with underscores between digits. */
final class NumberScanner {
  private NumberScanner() {}

  /** End of the floating-point literal at {@code start}, or -1 if there is none. */
  static int floatEnd(String source, int start) {
    if (start > 0 && source.charAt(start - 1) == '.') {
      return -1;
    }
    int whole = digits(source, start, 10);
    int end = whole;
    if (end < source.length() && source.charAt(end) == '.') {
      int fraction = digits(source, end + 1, 10);
      if (fraction > end + 1) {
        end = fraction;
      }
    }
    int exponent = exponentEnd(source, end);
    if (exponent > 0) {
      return exponent;
    }
    return end > whole ? end : -1;
  }

  private static int exponentEnd(String source, int at) {
    if (at >= source.length() || (source.charAt(at) | 0x20) != 'e') {
      return -1;
    }
    int digits = at + 1;
    if (digits < source.length()
        && (source.charAt(digits) == '+' || source.charAt(digits) == '-')) {
      digits++;
    }
    int end = digits(source, digits, 10);
    return end > digits ? end : -1;
  }

  /** End of the integer literal at {@code start}, where a decimal digit is. */
  static int integerEnd(String source, int start) {
    if (source.charAt(start) != '0') {
      return digits(source, start, 10);
    }
    if (start + 1 < source.length()) {
      int radix = radix(source.charAt(start + 1));
      // An underscore may follow the prefix.
      int from = start + 2;
      int first = from < source.length() && source.charAt(from) == '_' ? from + 1 : from;
      int end = radix == 0 ? first : digits(source, first, radix);
      if (end > first) {
        return end;
      }
    }
    return digits(source, start, 1);
  }

  static int radix(char prefix) {
    return switch (prefix) {
      case 'b', 'B' -> 2;
      case 'o', 'O' -> 8;
      case 'x', 'X' -> 16;
      default -> 0;
    };
  }

  /** End of a run of digits with single underscores between them; radix 1 means zeros only. */
  private static int digits(String source, int start, int radix) {
    int end = start;
    int at = start;
    while (at < source.length()) {
      char c = source.charAt(at);
      if (isDigit(c, radix)) {
        end = ++at;
      } else if (c == '_' && end == at && end > start) {
        at++;
      } else {
        break;
      }
    }
    return end;
  }

  private static boolean isDigit(char c, int radix) {
    return radix == 1 ? c == '0' : c < 0x80 && Character.digit(c, radix) >= 0;
  }
}
