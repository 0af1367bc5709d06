package dev.gatun.models.jinja;

import java.util.List;

/**
 * A tuple.
 *
 * @param group whether it is a named tuple {@code (grouper, list)} of the filter {@code groupby}
 */
record TupleValue(List<Value> items, boolean group) implements Value {
  TupleValue(List<Value> items) {
    this(items, false);
  }

  static TupleValue pair(Value first, Value second) {
    return new TupleValue(List.of(first, second));
  }

  /** An attribute of a group, else null. */
  Value attribute(String name) {
    if (!group) {
      return null;
    }
    return switch (name) {
      case "grouper" -> items.get(0);
      case "list" -> items.get(1);
      default -> null;
    };
  }

  @Override
  public String typeName() {
    return "tuple";
  }
}
