package dev.gatun.models.jinja;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A dictionary in insertion order. Immutable once built; the sandbox refuses to change one. */
final class Dict implements Value {
  /** A key as it was first written, and its value. */
  record Entry(Value key, Value value) {}

  private final Map<Object, Entry> entries = new LinkedHashMap<>();

  /** Adds or replaces while the dictionary is being built; a replaced key keeps its place. */
  void put(Value key, Value value, Budget budget) {
    budget.steps(8);
    Object hashed = hashed(key, budget);
    Entry old = entries.get(hashed);
    entries.put(hashed, new Entry(old == null ? key : old.key(), value));
  }

  void put(String key, Value value) {
    entries.put(key, new Entry(Str.of(key), value));
  }

  /** Null when absent. */
  Value get(Value key, Budget budget) {
    Entry entry = entries.get(hashed(key, budget));
    return entry == null ? null : entry.value();
  }

  /** Null when absent. */
  Value get(String key) {
    Entry entry = entries.get(key);
    return entry == null ? null : entry.value();
  }

  int size() {
    return entries.size();
  }

  Iterable<Entry> entries() {
    return entries.values();
  }

  @Override
  public String typeName() {
    return "dict";
  }

  /**
   * What stands for a value in a hash table: two values that Python holds equal (1, 1.0, True) have
   * equal ones.
   */
  static Object hashed(Value value, Budget budget) {
    return switch (value) {
      case Str s -> {
        budget.scan(s.text().length());
        yield s.text();
      }
      case Bool b -> b == Bool.TRUE ? BigInteger.ONE : BigInteger.ZERO;
      case Int i -> i.value();
      case Real r -> hashed(r.value());
      case TupleValue t -> {
        budget.enter();
        List<Object> items = new ArrayList<>(t.items().size());
        for (Value item : t.items()) {
          budget.steps(2);
          items.add(hashed(item, budget));
        }
        budget.leave();
        yield items;
      }
      case Undefined u -> Undefined.class;
      case ListValue l -> throw unhashable(l);
      case Dict d -> throw unhashable(d);
      case DictView v -> throw unhashable(v);
      case None n -> n;
      case Range r -> r;
      case Generator g -> g;
      case Namespace n -> n;
      case Callable c -> c;
    };
  }

  private static Object hashed(double value) {
    if (value == Math.rint(value) && !Double.isInfinite(value)) {
      return new BigDecimal(value).toBigInteger();
    }
    return value;
  }

  private static JinjaException unhashable(Value value) {
    return JinjaException.runtime("unhashable type: '" + value.typeName() + "'");
  }
}
