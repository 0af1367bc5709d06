package dev.gatun.models.jinja;

import java.math.BigDecimal;
import java.util.List;

/** Python's {@code ==}. */
final class Equality {
  /** Neither less nor equal nor greater. */
  static final int UNORDERED = 2;

  private Equality() {}

  static boolean equal(Value left, Value right, Budget budget) {
    budget.step();
    return switch (left) {
      case Str a -> {
        budget.scan(a.text().length());
        yield right instanceof Str b && a.text().equals(b.text());
      }
      case Undefined a -> right instanceof Undefined;
      case ListValue a -> right instanceof ListValue b && equal(a.items(), b.items(), budget);
      case TupleValue a -> right instanceof TupleValue b && equal(a.items(), b.items(), budget);
      case Dict a -> right instanceof Dict b && equal(a, b, budget);
      case DictView a -> right instanceof DictView b && equal(a, b, budget);
      case Range a -> right instanceof Range b && equal(a.items(), b.items(), budget);
      case None a -> right == a;
      case Generator a -> right == a;
      case Namespace a -> right == a;
      case Callable a -> a.equals(right);
      case Bool a -> numbers(left, right);
      case Int a -> numbers(left, right);
      case Real a -> numbers(left, right);
    };
  }

  private static boolean equal(List<Value> left, List<Value> right, Budget budget) {
    if (left.size() != right.size()) {
      return false;
    }
    budget.enter();
    boolean equal = true;
    for (int i = 0; equal && i < left.size(); i++) {
      equal = same(left.get(i), right.get(i)) || equal(left.get(i), right.get(i), budget);
    }
    budget.leave();
    return equal;
  }

  private static boolean equal(Dict left, Dict right, Budget budget) {
    if (left.size() != right.size()) {
      return false;
    }
    budget.enter();
    boolean equal = true;
    for (Dict.Entry entry : left.entries()) {
      Value other = right.get(entry.key(), budget);
      if (other == null || !(same(entry.value(), other) || equal(entry.value(), other, budget))) {
        equal = false;
        break;
      }
    }
    budget.leave();
    return equal;
  }

  /** Views of keys and of items are compared as sets, those of values by identity. */
  private static boolean equal(DictView left, DictView right, Budget budget) {
    if (left.kind() == DictView.Kind.VALUES || right.kind() != left.kind()) {
      return same(left, right);
    }
    if (left.kind() == DictView.Kind.ITEMS) {
      return equal(left.dict(), right.dict(), budget);
    }
    if (left.dict().size() != right.dict().size()) {
      return false;
    }
    for (Dict.Entry entry : left.dict().entries()) {
      if (right.dict().get(entry.key(), budget) == null) {
        return false;
      }
    }
    return true;
  }

  private static boolean numbers(Value left, Value right) {
    if (!Arithmetic.isNumber(right)) {
      return false;
    }
    return compare(left, right) == 0;
  }

  /** Order of two numbers by their exact values; {@link #UNORDERED} where one is NaN. */
  static int compare(Value left, Value right) {
    if (!(left instanceof Real) && !(right instanceof Real)) {
      return Arithmetic.integer(left).compareTo(Arithmetic.integer(right));
    }
    double a = left instanceof Real real ? real.value() : 0;
    double b = right instanceof Real real ? real.value() : 0;
    if (Double.isNaN(a) || Double.isNaN(b)) {
      return UNORDERED;
    }
    if (Double.isInfinite(a) || Double.isInfinite(b)) {
      return Double.compare(a, b);
    }
    return exact(left).compareTo(exact(right));
  }

  private static BigDecimal exact(Value value) {
    return value instanceof Real real
        ? new BigDecimal(real.value())
        : new BigDecimal(Arithmetic.integer(value));
  }

  /** Python's {@code is}: one object. Small integers and short constants are one object there. */
  @SuppressWarnings("ReferenceEquality") // identity is what is asked for
  static boolean same(Value left, Value right) {
    if (left == right) {
      return true;
    }
    return switch (left) {
      case Int a ->
          right instanceof Int b && a.value().bitLength() < 8 && a.value().equals(b.value());
      case Str a -> right instanceof Str b && a.text().isEmpty() && b.text().isEmpty();
      default -> false;
    };
  }
}
