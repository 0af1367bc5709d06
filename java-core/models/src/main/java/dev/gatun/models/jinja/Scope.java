package dev.gatun.models.jinja;

import java.util.HashMap;
import java.util.Map;

/** The variables of a template, a loop's iteration, a macro's call or a block. */
final class Scope {
  private final Scope parent;
  private final Map<String, Value> variables = new HashMap<>(8);

  Scope(Scope parent) {
    this.parent = parent;
  }

  void set(String name, Value value) {
    variables.put(name, value);
  }

  /** The innermost variable of that name, else the global function, else null. */
  Value find(String name) {
    for (Scope scope = this; scope != null; scope = scope.parent) {
      Value value = scope.variables.get(name);
      if (value != null) {
        return value;
      }
    }
    return GlobalFunction.find(name);
  }
}
