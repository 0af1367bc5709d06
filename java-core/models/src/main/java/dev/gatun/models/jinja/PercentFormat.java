package dev.gatun.models.jinja;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.List;
import java.util.Locale;

/** Python's {@code format % values}. */
final class PercentFormat {
  private final Str format;
  private final Budget budget;

  /** The values in order; null once a mapping key was used. */
  private List<Value> values;

  private final Value mapping;
  private final StringBuilder out = new StringBuilder();
  private int position;
  private int used;

  // The conversion being read.
  private boolean left;
  private boolean plus;
  private boolean space;
  private boolean zero;
  private boolean alternate;

  private PercentFormat(Str format, Value operand, Budget budget) {
    this.format = format;
    this.budget = budget;
    this.values = operand instanceof TupleValue tuple ? tuple.items() : List.of(operand);
    // Python takes whatever has elements by key for a mapping, and then ignores unused values.
    this.mapping =
        operand instanceof Dict
                || operand instanceof ListValue
                || operand instanceof Range
                || operand instanceof Undefined
            ? operand
            : null;
  }

  static Str format(Str format, Value operand, Budget budget) {
    PercentFormat run = new PercentFormat(format, operand, budget);
    run.run();
    budget.chars(run.out.length());
    return format.with(run.out.toString());
  }

  private void run() {
    String text = format.text();
    budget.scan(text.length());
    while (position < text.length()) {
      char c = text.charAt(position++);
      if (c == '%') {
        conversion();
      } else {
        out.append(c);
      }
    }
    if (mapping == null && used < values.size()) {
      throw JinjaException.runtime("not all arguments converted during string formatting");
    }
  }

  private char next() {
    if (position >= format.text().length()) {
      throw JinjaException.runtime("incomplete format");
    }
    return format.text().charAt(position++);
  }

  private void conversion() {
    budget.step();
    char c = next();
    if (c == '%') {
      out.append('%');
      return;
    }
    Value keyed = null;
    if (c == '(') {
      keyed = keyed();
      c = next();
    }
    c = flags(c);
    int width = -1;
    int precision = -1;
    if (c == '*') {
      width = integerArgument();
      left |= width < 0;
      width = Math.abs(width);
      c = next();
    } else {
      position--;
      width = number();
      c = next();
    }
    if (c == '.') {
      if (next() == '*') {
        precision = Math.max(0, integerArgument());
      } else {
        position--;
        precision = Math.max(0, number());
      }
      c = next();
    }
    if (c == 'h' || c == 'l' || c == 'L') {
      c = next();
    }
    Value value = keyed == null ? argument() : keyed;
    budget.chars(Math.max(0, width));
    convert(c, value, width, precision);
  }

  private Value keyed() {
    int depth = 1;
    int start = position;
    while (depth > 0) {
      char c = next();
      depth += c == '(' ? 1 : c == ')' ? -1 : 0;
    }
    if (!(mapping instanceof Dict dict)) {
      throw JinjaException.runtime("format requires a mapping");
    }
    String key = format.text().substring(start, position - 1);
    Value value = dict.get(key);
    if (value == null) {
      throw JinjaException.runtime("no key '" + key + "' to format");
    }
    values = List.of();
    return value;
  }

  private char flags(char first) {
    left = plus = space = zero = alternate = false;
    char c = first;
    while (true) {
      switch (c) {
        case '-' -> left = true;
        case '+' -> plus = true;
        case ' ' -> space = true;
        case '0' -> zero = true;
        case '#' -> alternate = true;
        default -> {
          return c;
        }
      }
      c = next();
    }
  }

  private int number() {
    int start = position;
    long number = 0;
    while (position < format.text().length()
        && format.text().charAt(position) >= '0'
        && format.text().charAt(position) <= '9') {
      number = Math.min(Integer.MAX_VALUE, number * 10 + format.text().charAt(position++) - '0');
    }
    return position == start ? -1 : (int) number;
  }

  private Value argument() {
    if (used >= values.size()) {
      throw JinjaException.runtime("not enough arguments for format string");
    }
    return values.get(used++);
  }

  private int integerArgument() {
    if (argument() instanceof Int i) {
      return i.clamped();
    }
    throw JinjaException.runtime("* wants int");
  }

  private void convert(char type, Value value, int width, int precision) {
    switch (type) {
      case 's' -> text(Repr.str(value, budget), value, width, precision);
      case 'r' -> text(Repr.repr(value, budget), value, width, precision);
      case 'a' -> text(Repr.ascii(value, budget), value, width, precision);
      case 'c' -> text(character(value), value, width, precision);
      case 'd', 'i', 'u' -> number(truncated(value, type), 10, "", width, precision, false);
      case 'x', 'X' -> number(whole(value, type), 16, "0" + type, width, precision, type == 'X');
      case 'o' -> number(whole(value, type), 8, "0o", width, precision, false);
      case 'e', 'E', 'f', 'F', 'g', 'G' -> real(value, type, width, precision);
      default -> throw JinjaException.runtime("unsupported format character '" + type + "'");
    }
  }

  private void text(String text, Value value, int width, int precision) {
    String shown = text;
    if (precision >= 0 && precision < PythonText.length(text)) {
      shown = text.substring(0, PythonText.offset(text, 0, precision));
    }
    if (format.markup() && !(value instanceof Str s && s.markup())) {
      shown = Html.escape(shown, budget);
    }
    out.append(TextMethods.pad(shown, left ? "ljust" : "rjust", width, " ", budget));
  }

  private static String character(Value value) {
    if (value instanceof Str s && PythonText.length(s.text()) == 1) {
      return s.text();
    }
    if (value instanceof Int i && Character.isValidCodePoint(i.clamped())) {
      return Character.toString(i.clamped());
    }
    throw JinjaException.runtime("%c requires int or char");
  }

  private static BigInteger truncated(Value value, char type) {
    if (value instanceof Real real) {
      if (Double.isNaN(real.value()) || Double.isInfinite(real.value())) {
        throw JinjaException.runtime(
            "cannot convert " + RealText.repr(real.value()) + " to integer");
      }
      return new BigDecimal(real.value()).toBigInteger();
    }
    return whole(value, type);
  }

  private static BigInteger whole(Value value, char type) {
    if (value instanceof Int || value instanceof Bool) {
      return Arithmetic.integer(value);
    }
    throw JinjaException.runtime(
        "%" + type + " format: a number is required, not " + value.typeName());
  }

  private void number(
      BigInteger value, int radix, String prefix, int width, int precision, boolean upper) {
    String digits = value.abs().toString(radix);
    if (upper) {
      digits = digits.toUpperCase(Locale.ROOT);
    }
    if (precision > digits.length()) {
      budget.chars(precision);
      digits = "0".repeat(precision - digits.length()) + digits;
    }
    signed(value.signum() < 0, alternate ? prefix : "", digits, width, zero && !left);
  }

  private void real(Value value, char type, int width, int precision) {
    if (value instanceof Undefined undefined) {
      throw undefined.failure();
    }
    if (!Arithmetic.isNumber(value)) {
      throw JinjaException.runtime("must be real number, not " + value.typeName());
    }
    double real = Arithmetic.toDouble(value);
    boolean negative = real < 0 || (real == 0 && 1 / real < 0);
    String digits =
        NumberText.format(Math.abs(real), type, precision < 0 ? 6 : precision, alternate);
    boolean finite = !Double.isNaN(real) && !Double.isInfinite(real);
    signed(negative, "", digits, width, zero && !left && finite);
  }

  private void signed(boolean negative, String prefix, String digits, int width, boolean zeros) {
    String sign = (negative ? "-" : plus ? "+" : space ? " " : "") + prefix;
    String body = digits;
    if (zeros) {
      body = TextMethods.pad(digits, "rjust", width - sign.length(), "0", budget);
    }
    out.append(TextMethods.pad(sign + body, left ? "ljust" : "rjust", width, " ", budget));
  }
}
