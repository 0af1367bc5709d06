package dev.gatun.models.jinja;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;

/** Filters that make numbers. */
final class NumberFilters {
  private NumberFilters() {}

  static boolean exists(String name) {
    return switch (name) {
      case "abs", "filesizeformat", "float", "int", "round" -> true;
      default -> false;
    };
  }

  static Value apply(Interpreter in, String name, Value value, Arguments args) {
    if (value instanceof Undefined undefined) {
      throw undefined.failure();
    }
    in.budget().steps(100);
    return switch (name) {
      case "abs" -> {
        args.bind(name, 0);
        yield absolute(value);
      }
      case "int" -> integer(value, args);
      case "float" -> {
        Value byDefault = args.bind(name, 0, "default")[0];
        Real converted = real(value);
        yield converted != null ? converted : byDefault != null ? byDefault : new Real(0);
      }
      case "round" -> round(value, args);
      default -> fileSize(value, args);
    };
  }

  private static Value absolute(Value value) {
    return switch (value) {
      case Int i -> new Int(i.value().abs());
      case Bool b -> new Int(Arithmetic.integer(b));
      case Real r -> new Real(Math.abs(r.value()));
      default ->
          throw JinjaException.runtime("bad operand type for abs(): '" + value.typeName() + "'");
    };
  }

  private static Value integer(Value value, Arguments args) {
    Value[] bound = args.bind("int", 0, "default", "base");
    Value byDefault = bound[0] == null ? Int.of(0) : bound[0];
    int base = bound[1] == null ? 10 : new Int(Arithmetic.integer(bound[1])).clamped();
    if (value instanceof Int || value instanceof Bool) {
      return new Int(Arithmetic.integer(value));
    }
    if (value instanceof Str s) {
      BigInteger parsed = NumberParser.integer(s.text(), base);
      if (parsed != null) {
        return new Int(parsed);
      }
    }
    Real real = real(value);
    if (real != null && Double.isInfinite(real.value()) && value instanceof Real) {
      throw JinjaException.runtime("cannot convert float infinity to integer");
    }
    return real == null || !Double.isFinite(real.value())
        ? byDefault
        : new Int(new BigDecimal(real.value()).toBigInteger());
  }

  /** Null where Python's {@code float()} refuses. */
  private static Real real(Value value) {
    if (value instanceof Str s) {
      Double parsed = NumberParser.real(s.text());
      return parsed == null ? null : new Real(parsed);
    }
    return Arithmetic.isNumber(value) ? new Real(Arithmetic.toDouble(value)) : null;
  }

  private static Value round(Value value, Arguments args) {
    Value[] bound = args.bind("round", 0, "precision", "method");
    int precision = bound[0] == null ? 0 : new Int(Arithmetic.integer(bound[0])).clamped();
    String method = bound[1] instanceof Str s ? s.text() : bound[1] == null ? "common" : "";
    if (!Arithmetic.isNumber(value)) {
      throw JinjaException.runtime("round needs a number, not '" + value.typeName() + "'");
    }
    if (Math.abs((long) precision) > 400) {
      throw JinjaException.limit("round() to more than 400 digits");
    }
    if (method.equals("common")) {
      return common(value, precision);
    }
    double shift = Math.pow(10, precision);
    double shifted = Arithmetic.toDouble(value) * shift;
    return switch (method) {
      case "ceil" -> new Real(Math.ceil(shifted) / shift);
      case "floor" -> new Real(Math.floor(shifted) / shift);
      default -> throw JinjaException.runtime("method must be common, ceil or floor");
    };
  }

  /** To the nearest, ties to even, by the exact value. */
  private static Value common(Value value, int precision) {
    if (value instanceof Real real) {
      return Double.isFinite(real.value())
          ? new Real(
              Math.copySign(
                  new BigDecimal(real.value())
                      .setScale(precision, RoundingMode.HALF_EVEN)
                      .doubleValue(),
                  real.value()))
          : real;
    }
    BigInteger integer = Arithmetic.integer(value);
    return precision >= 0
        ? new Int(integer)
        : new Int(
            new BigDecimal(integer)
                .setScale(precision, RoundingMode.HALF_EVEN)
                .toBigIntegerExact());
  }

  private static Value fileSize(Value value, Arguments args) {
    Value binary = args.bind("filesizeformat", 0, "binary")[0];
    boolean powersOfTwo = binary != null && Truth.of(binary);
    Real size = real(value);
    if (size == null) {
      throw JinjaException.runtime("filesizeformat needs a number");
    }
    double bytes = size.value();
    int base = powersOfTwo ? 1024 : 1000;
    if (bytes == 1) {
      return Str.of("1 Byte");
    }
    if (bytes < base) {
      return Str.of((long) bytes + " Bytes");
    }
    String letters = "kMGTPEZY";
    double unit = base;
    int i = 0;
    while (i < letters.length() - 1 && bytes >= unit * base) {
      unit *= base;
      i++;
    }
    String letter = String.valueOf(letters.charAt(i));
    String prefix = powersOfTwo ? (i == 0 ? "K" : letter) + "iB" : letter + "B";
    return Str.of(NumberText.format(bytes / unit, 'f', 1, false) + " " + prefix);
  }
}
