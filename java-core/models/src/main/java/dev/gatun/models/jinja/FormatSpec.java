package dev.gatun.models.jinja;

import java.math.BigInteger;
import java.util.Locale;

/**
 * Python's format specification: {@code [[fill]align][sign][#][0][width][,|_][.precision][type]}.
 *
 * @param align {@code <}, {@code >}, {@code ^} or {@code =}; 0 for the type's own
 * @param sign {@code +}, {@code -} or a space
 * @param grouping {@code ,} or {@code _}; 0 for none
 * @param precision -1 where not given
 * @param type 0 where not given
 */
record FormatSpec(
    String fill,
    char align,
    char sign,
    boolean alternate,
    int width,
    char grouping,
    int precision,
    char type) {

  static FormatSpec parse(String spec) {
    int at = 0;
    String fill = " ";
    char align = 0;
    boolean filled = false;
    int second = spec.isEmpty() ? 0 : spec.offsetByCodePoints(0, 1);
    if (second < spec.length() && isAlign(spec.charAt(second))) {
      fill = spec.substring(0, second);
      filled = true;
      align = spec.charAt(second);
      at = second + 1;
    } else if (!spec.isEmpty() && isAlign(spec.charAt(0))) {
      align = spec.charAt(0);
      at = 1;
    }
    char sign = '-';
    if (at < spec.length() && "+- ".indexOf(spec.charAt(at)) >= 0) {
      sign = spec.charAt(at++);
    }
    boolean alternate = spec.startsWith("#", at);
    at += alternate ? 1 : 0;
    if (spec.startsWith("0", at)) {
      at++;
      fill = filled ? fill : "0";
      align = align == 0 ? '=' : align;
    }
    int end = digits(spec, at);
    int width = number(spec, at, end);
    at = end;
    char grouping = 0;
    if (at < spec.length() && (spec.charAt(at) == ',' || spec.charAt(at) == '_')) {
      grouping = spec.charAt(at++);
    }
    int precision = -1;
    if (spec.startsWith(".", at)) {
      end = digits(spec, at + 1);
      if (end == at + 1) {
        throw JinjaException.runtime("Format specifier missing precision");
      }
      precision = number(spec, at + 1, end);
      at = end;
    }
    char type = at < spec.length() ? spec.charAt(at++) : 0;
    if (at < spec.length()) {
      throw JinjaException.runtime("Invalid format specifier");
    }
    return new FormatSpec(fill, align, sign, alternate, width, grouping, precision, type);
  }

  private static boolean isAlign(char c) {
    return c == '<' || c == '>' || c == '^' || c == '=';
  }

  private static int digits(String spec, int from) {
    int end = from;
    while (end < spec.length() && spec.charAt(end) >= '0' && spec.charAt(end) <= '9') {
      end++;
    }
    return end;
  }

  private static int number(String spec, int from, int to) {
    if (to - from > 9) {
      throw JinjaException.runtime("Too many decimal digits in format string");
    }
    return from == to ? 0 : Integer.parseInt(spec.substring(from, to));
  }

  String format(Value value, Budget budget) {
    budget.chars(width);
    return switch (value) {
      case Str s -> text(s.text(), budget);
      case Bool b when isEmpty() -> Repr.str(b, budget);
      case Bool b -> integer(Arithmetic.integer(b), budget);
      case Int i -> integer(i.value(), budget);
      case Real r -> real(r.value(), budget);
      case Undefined u when isEmpty() -> "";
      default -> {
        if (!isEmpty()) {
          throw JinjaException.runtime(
              "unsupported format string passed to " + value.typeName() + ".__format__");
        }
        yield Repr.str(value, budget);
      }
    };
  }

  private boolean isEmpty() {
    return align == 0 && width == 0 && precision < 0 && type == 0 && grouping == 0 && !alternate;
  }

  private String text(String text, Budget budget) {
    if ((type != 0 && type != 's') || (align == '=' && !fill.equals("0"))) {
      throw unknownCode("str");
    }
    String shown = text;
    if (precision >= 0 && precision < PythonText.length(text)) {
      shown = text.substring(0, PythonText.offset(text, 0, precision));
    }
    return aligned("", shown, '<', budget);
  }

  private JinjaException unknownCode(String typeName) {
    return JinjaException.runtime(
        "the format specifier does not suit an object of type '" + typeName + "'");
  }

  private String integer(BigInteger value, Budget budget) {
    int radix;
    String prefix = "";
    switch (type) {
      case 0, 'd', 'n' -> radix = 10;
      case 'b' -> {
        radix = 2;
        prefix = "0b";
      }
      case 'o' -> {
        radix = 8;
        prefix = "0o";
      }
      case 'x', 'X' -> {
        radix = 16;
        prefix = "0" + type;
      }
      case 'c' -> {
        return aligned("", Character.toString(codePoint(value)), '<', budget);
      }
      case 'e', 'E', 'f', 'F', 'g', 'G', '%' -> {
        return real(Arithmetic.toDouble(new Int(value)), budget);
      }
      default -> throw unknownCode("int");
    }
    if (precision >= 0) {
      throw JinjaException.runtime("Precision not allowed in integer format specifier");
    }
    String digits = value.abs().toString(radix);
    if (type == 'X') {
      digits = digits.toUpperCase(Locale.ROOT);
    }
    String signs = sign(value.signum() < 0) + (alternate ? prefix : "");
    return number(signs, digits, "", radix == 10 ? 3 : 4, budget);
  }

  private static int codePoint(BigInteger value) {
    int code = new Int(value).clamped();
    if (!Character.isValidCodePoint(code)) {
      throw JinjaException.runtime("%c arg not in range(0x110000)");
    }
    return code;
  }

  private String real(double value, Budget budget) {
    boolean negative = value < 0 || (value == 0 && 1 / value < 0);
    double size = Math.abs(value);
    String text;
    switch (type) {
      case 0 -> {
        text =
            precision < 0
                ? RealText.repr(size)
                : NumberText.format(size, 'g', precision, alternate);
        if (precision >= 0
            && Double.isFinite(size)
            && text.indexOf('e') < 0
            && text.indexOf('.') < 0) {
          text = text + ".0";
        }
      }
      case 'e', 'E', 'f', 'F', 'g', 'G' ->
          text = NumberText.format(size, type, precision < 0 ? 6 : precision, alternate);
      case 'n' -> text = NumberText.format(size, 'g', precision < 0 ? 6 : precision, alternate);
      case '%' ->
          text = NumberText.format(size * 100, 'f', precision < 0 ? 6 : precision, alternate) + "%";
      default -> throw unknownCode("float");
    }
    int end = digits(text, 0);
    return number(sign(negative), text.substring(0, end), text.substring(end), 3, budget);
  }

  private String sign(boolean negative) {
    return negative ? "-" : sign == '-' ? "" : String.valueOf(sign);
  }

  private String number(String signs, String whole, String rest, int group, Budget budget) {
    String digits = whole;
    boolean zeros = align == '=' && fill.equals("0");
    if (grouping != 0) {
      if (zeros) {
        // Zeros in front are grouped, too, as far as the width reaches.
        int room = width - signs.length() - rest.length();
        int wanted = room - room / (group + 1);
        wanted += wanted + (wanted - 1) / group < room ? 1 : 0;
        digits = "0".repeat(Math.max(0, wanted - digits.length())) + digits;
      }
      digits = grouped(digits, group);
    }
    return aligned(signs, digits + rest, '>', budget);
  }

  private String grouped(String digits, int group) {
    StringBuilder out = new StringBuilder(digits.length() * 3 / 2);
    for (int i = 0; i < digits.length(); i++) {
      if (i > 0 && (digits.length() - i) % group == 0) {
        out.append(grouping);
      }
      out.append(digits.charAt(i));
    }
    return out.toString();
  }

  private String aligned(String signs, String body, char byDefault, Budget budget) {
    char how = align == 0 ? byDefault : align;
    if (how == '=' && byDefault == '<') {
      how = '<';
    }
    int length = PythonText.length(body) + signs.length();
    int missing = width - length;
    budget.chars(length + (long) Math.max(0, missing) * fill.length());
    if (missing <= 0) {
      return signs + body;
    }
    return switch (how) {
      case '<' -> signs + body + fill.repeat(missing);
      case '=' -> signs + fill.repeat(missing) + body;
      case '^' -> fill.repeat(missing / 2) + signs + body + fill.repeat(missing - missing / 2);
      default -> fill.repeat(missing) + signs + body;
    };
  }
}
