package dev.gatun.models.jinja;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Java objects as template values. */
final class Values {
  /** Deepest nesting of arguments; JSON of tool definitions stays far below. */
  private static final int MAX_DEPTH = 200;

  private Values() {}

  /**
   * Null, booleans, numbers, text, maps with such keys and values, lists and arrays of those.
   *
   * @throws IllegalArgumentException an object of another class, or nesting too deep
   */
  static Value of(Object object) {
    return of(object, 0);
  }

  private static Value of(Object object, int depth) {
    if (depth > MAX_DEPTH) {
      throw new IllegalArgumentException(
          "a template variable is nested more than " + MAX_DEPTH + " levels deep");
    }
    return switch (object) {
      case null -> None.NONE;
      case String s -> Str.of(s);
      case Boolean b -> Bool.of(b);
      case Integer i -> Int.of(i);
      case Long l -> Int.of(l);
      case Double d -> new Real(d);
      case Map<?, ?> map -> dict(map, depth);
      case Iterable<?> items -> list(items, depth);
      case Object[] items -> list(Arrays.asList(items), depth);
      case Value value -> value;
      case Float f -> new Real(f);
      case Short s -> Int.of(s);
      case Byte b -> Int.of(b);
      case BigInteger i -> Int.of(i);
      case BigDecimal d -> new Real(d.doubleValue());
      case CharSequence s -> Str.of(s.toString());
      default ->
          throw new IllegalArgumentException(
              "a template variable holds a "
                  + object.getClass().getName()
                  + "; use text, numbers, booleans, maps and lists");
    };
  }

  private static Value dict(Map<?, ?> map, int depth) {
    Dict dict = new Dict();
    Budget unlimited = new Budget(new Limits(Long.MAX_VALUE, Long.MAX_VALUE, Integer.MAX_VALUE));
    for (Map.Entry<?, ?> entry : map.entrySet()) {
      dict.put(of(entry.getKey(), depth + 1), of(entry.getValue(), depth + 1), unlimited);
    }
    return dict;
  }

  private static Value list(Iterable<?> items, int depth) {
    List<Value> values = new ArrayList<>();
    for (Object item : items) {
      values.add(of(item, depth + 1));
    }
    return new ListValue(values);
  }
}
