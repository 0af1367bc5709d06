package dev.gatun.models.jinja;

import java.util.Comparator;
import java.util.List;

/** Python's {@code <} and its relatives. */
final class Ordering {
  private Ordering() {}

  /**
   * @throws JinjaException the values have no order by their types
   */
  static boolean compare(Relation how, Value left, Value right, Budget budget) {
    int order = order(how.symbol(), left, right, budget);
    if (order == Equality.UNORDERED) {
      return false;
    }
    return switch (how) {
      case LESS -> order < 0;
      case LESS_OR_EQUAL -> order <= 0;
      case GREATER -> order > 0;
      case GREATER_OR_EQUAL -> order >= 0;
      default -> throw new IllegalArgumentException(how.symbol());
    };
  }

  private static int order(String symbol, Value left, Value right, Budget budget) {
    budget.step();
    if (left instanceof Undefined undefined) {
      throw undefined.failure();
    }
    if (right instanceof Undefined undefined) {
      throw undefined.failure();
    }
    if (left instanceof Str a && right instanceof Str b) {
      budget.scan(Math.min(a.text().length(), b.text().length()));
      return PythonText.compare(a.text(), b.text());
    }
    if (Arithmetic.isNumber(left) && Arithmetic.isNumber(right)) {
      return Equality.compare(left, right);
    }
    if (left instanceof ListValue a && right instanceof ListValue b) {
      return order(symbol, a.items(), b.items(), budget);
    }
    if (left instanceof TupleValue a && right instanceof TupleValue b) {
      return order(symbol, a.items(), b.items(), budget);
    }
    throw JinjaException.runtime(
        "'"
            + symbol
            + "' not supported between '"
            + left.typeName()
            + "' and '"
            + right.typeName()
            + "'");
  }

  /** The first pair of elements that are not equal decides. */
  private static int order(String symbol, List<Value> left, List<Value> right, Budget budget) {
    budget.enter();
    int common = Math.min(left.size(), right.size());
    int order = Integer.compare(left.size(), right.size());
    for (int i = 0; i < common; i++) {
      Value a = left.get(i);
      Value b = right.get(i);
      if (!Equality.same(a, b) && !Equality.equal(a, b, budget)) {
        order = order(symbol, a, b, budget);
        break;
      }
    }
    budget.leave();
    return order;
  }

  /** For sorting; NaN makes the result arbitrary, as in Python. */
  static Comparator<Value> ascending(Budget budget) {
    return (left, right) -> {
      int order = order("<", left, right, budget);
      return order == Equality.UNORDERED ? 0 : order;
    };
  }
}
