package dev.gatun.models.jinja;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.List;

/** Python's arithmetic, and what its operators mean for sequences and text. */
final class Arithmetic {
  private Arithmetic() {}

  static boolean isNumber(Value value) {
    return value instanceof Int || value instanceof Real || value instanceof Bool;
  }

  /** The value of an int or a bool. */
  static BigInteger integer(Value value) {
    return switch (value) {
      case Int i -> i.value();
      case Bool b -> b == Bool.TRUE ? BigInteger.ONE : BigInteger.ZERO;
      default ->
          throw JinjaException.runtime(
              "'" + value.typeName() + "' object cannot be interpreted as an integer");
    };
  }

  private static double real(Value value) {
    if (value instanceof Real r) {
      return r.value();
    }
    double result = integer(value).doubleValue();
    if (Double.isInfinite(result)) {
      throw JinjaException.runtime("int too large to convert to float");
    }
    return result;
  }

  static double toDouble(Value value) {
    return real(value);
  }

  static Value apply(Operator operator, Value left, Value right, Budget budget) {
    if (left instanceof Undefined undefined) {
      throw undefined.failure();
    }
    // A text on the left formats what is on the right of "%", even something undefined.
    if (operator == Operator.MODULO && left instanceof Str format) {
      return PercentFormat.format(format, right, budget);
    }
    if (right instanceof Undefined undefined) {
      throw undefined.failure();
    }
    if (isNumber(left) && isNumber(right)) {
      return left instanceof Real || right instanceof Real
          ? reals(operator, real(left), real(right))
          : integers(operator, integer(left), integer(right), budget);
    }
    Value result =
        switch (operator) {
          case ADD -> joined(left, right, budget);
          case MULTIPLY -> repeated(left, right, budget);
          default -> null;
        };
    if (result != null) {
      return result;
    }
    throw JinjaException.runtime(
        "unsupported operand types for "
            + operator.symbol()
            + ": '"
            + left.typeName()
            + "' and '"
            + right.typeName()
            + "'");
  }

  private static Value integers(Operator operator, BigInteger a, BigInteger b, Budget budget) {
    // Multiplying and dividing long integers takes time by the product of their lengths.
    budget.steps((long) (a.bitLength() / 64) * (b.bitLength() / 64));
    return switch (operator) {
      case ADD -> Int.of(a.add(b));
      case SUBTRACT -> Int.of(a.subtract(b));
      case MULTIPLY -> Int.of(a.multiply(b));
      case DIVIDE -> new Real(quotient(a, b));
      case FLOOR_DIVIDE -> Int.of(floorDivide(a, b)[0]);
      case MODULO -> Int.of(floorDivide(a, b)[1]);
      case POWER -> power(a, b, budget);
    };
  }

  private static double quotient(BigInteger a, BigInteger b) {
    if (b.signum() == 0) {
      throw JinjaException.runtime("division by zero");
    }
    if (a.bitLength() <= 53 && b.bitLength() <= 53) {
      return (double) a.longValue() / b.longValue();
    }
    double result = new BigDecimal(a).divide(new BigDecimal(b), new MathContext(60)).doubleValue();
    if (Double.isInfinite(result)) {
      throw JinjaException.runtime("integer division result too large for a float");
    }
    return result;
  }

  /** Quotient rounded down and the remainder, which has the sign of the divisor. */
  private static BigInteger[] floorDivide(BigInteger a, BigInteger b) {
    if (b.signum() == 0) {
      throw JinjaException.runtime("integer division or modulo by zero");
    }
    BigInteger[] result = a.divideAndRemainder(b);
    if (result[1].signum() != 0 && result[1].signum() != b.signum()) {
      result[0] = result[0].subtract(BigInteger.ONE);
      result[1] = result[1].add(b);
    }
    return result;
  }

  private static Value power(BigInteger a, BigInteger b, Budget budget) {
    if (b.signum() < 0) {
      return reals(Operator.POWER, real(new Int(a)), real(new Int(b)));
    }
    long bits = (long) a.abs().subtract(BigInteger.ONE).bitLength();
    // 0, 1 and -1 stay short whatever the exponent.
    if (bits > 0 && (b.bitLength() > 31 || bits * b.intValue() > 2L * Int.MAX_BITS)) {
      throw Int.tooLong();
    }
    if (bits == 0) {
      boolean odd = b.testBit(0);
      return b.signum() == 0 ? Int.of(1) : new Int(odd ? a : a.abs());
    }
    long words = bits * b.intValue() / 64;
    budget.steps(words * words);
    return Int.of(a.pow(b.intValue()));
  }

  private static Value reals(Operator operator, double a, double b) {
    boolean divides =
        operator == Operator.DIVIDE
            || operator == Operator.FLOOR_DIVIDE
            || operator == Operator.MODULO;
    if (divides && b == 0) {
      throw JinjaException.runtime("float division by zero");
    }
    return new Real(
        switch (operator) {
          case ADD -> a + b;
          case SUBTRACT -> a - b;
          case MULTIPLY -> a * b;
          case DIVIDE -> a / b;
          case FLOOR_DIVIDE -> floorQuotient(a, b);
          case MODULO -> floorRemainder(a, b);
          case POWER -> power(a, b);
        });
  }

  private static double floorRemainder(double a, double b) {
    double remainder = a % b;
    if (remainder == 0) {
      return Math.copySign(0.0, b);
    }
    return remainder < 0 == b < 0 ? remainder : remainder + b;
  }

  private static double floorQuotient(double a, double b) {
    double remainder = a % b;
    double quotient = (a - remainder) / b;
    if (remainder != 0 && remainder < 0 != b < 0) {
      quotient -= 1;
    }
    if (quotient == 0) {
      return Math.copySign(0.0, a / b);
    }
    double floor = Math.floor(quotient);
    return quotient - floor > 0.5 ? floor + 1 : floor;
  }

  private static double power(double a, double b) {
    if (a == 0 && b < 0) {
      throw JinjaException.runtime("0.0 cannot be raised to a negative power");
    }
    if (a < 0 && b != Math.rint(b) && !Double.isInfinite(a)) {
      throw JinjaException.runtime("a negative number to a fractional power is complex");
    }
    if (a == 1 || (a == -1 && Double.isInfinite(b))) {
      return 1;
    }
    double result = Math.pow(a, b);
    if (Double.isInfinite(result) && !Double.isInfinite(a) && !Double.isInfinite(b)) {
      throw JinjaException.runtime("numerical result out of range");
    }
    return result;
  }

  private static Value joined(Value left, Value right, Budget budget) {
    if (left instanceof Str a && right instanceof Str b) {
      if (!a.markup() && !b.markup()) {
        return a.plus(b.text(), budget);
      }
      String first = Html.escaped(a, budget);
      String second = Html.escaped(b, budget);
      budget.chars((long) first.length() + second.length());
      return new Str(first.concat(second), true);
    }
    if (left instanceof ListValue a && right instanceof ListValue b) {
      return new ListValue(joined(a.items(), b.items(), budget));
    }
    if (left instanceof TupleValue a && right instanceof TupleValue b) {
      return new TupleValue(joined(a.items(), b.items(), budget));
    }
    return null;
  }

  private static List<Value> joined(List<Value> first, List<Value> second, Budget budget) {
    budget.steps((long) first.size() + second.size());
    List<Value> items = new ArrayList<>(first.size() + second.size());
    items.addAll(first);
    items.addAll(second);
    return items;
  }

  /** A sequence times an integer, in either order; null where neither is a sequence. */
  private static Value repeated(Value left, Value right, Budget budget) {
    if (left instanceof Int || left instanceof Bool) {
      return isNumber(right) ? null : repeated(right, left, budget);
    }
    if (!(right instanceof Int || right instanceof Bool)) {
      return null;
    }
    BigInteger times = integer(right).max(BigInteger.ZERO);
    long count = times.bitLength() < Integer.SIZE ? times.longValue() : Integer.MAX_VALUE;
    return switch (left) {
      case Str s -> {
        if (s.text().isEmpty()) {
          yield s;
        }
        budget.chars(s.text().length() * count);
        yield s.with(s.text().repeat((int) count));
      }
      case ListValue l -> new ListValue(repeated(l.items(), count, budget));
      case TupleValue t -> new TupleValue(repeated(t.items(), count, budget));
      default -> null;
    };
  }

  private static List<Value> repeated(List<Value> items, long count, Budget budget) {
    budget.steps(items.size() * count);
    List<Value> result = new ArrayList<>((int) (items.size() * count));
    for (int i = 0; i < count && !items.isEmpty(); i++) {
      result.addAll(items);
    }
    return result;
  }

  static Value sign(boolean minus, Value value) {
    return switch (value) {
      case Int i -> minus ? new Int(i.value().negate()) : i;
      case Bool b -> new Int(minus ? integer(b).negate() : integer(b));
      case Real r -> minus ? new Real(-r.value()) : r;
      case Undefined u -> throw u.failure();
      default ->
          throw JinjaException.runtime(
              "bad operand type for unary " + (minus ? "-" : "+") + ": '" + value.typeName() + "'");
    };
  }
}
