package dev.gatun.models.jinja;

import java.util.List;

/** A list. The sandbox refuses to change one, so it is immutable. */
record ListValue(List<Value> items) implements Value {
  @Override
  public String typeName() {
    return "list";
  }
}
