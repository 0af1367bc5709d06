package dev.gatun.models.jinja;

import java.util.LinkedHashMap;
import java.util.Map;

/** The only value a template can change: {@code {% set ns.name = … %}}. */
final class Namespace implements Value {
  private final Map<String, Value> attributes = new LinkedHashMap<>();

  void set(String name, Value value) {
    attributes.put(name, value);
  }

  /** Null when absent. */
  Value get(String name) {
    return attributes.get(name);
  }

  Map<String, Value> attributes() {
    return attributes;
  }

  @Override
  public String typeName() {
    return "Namespace";
  }
}
