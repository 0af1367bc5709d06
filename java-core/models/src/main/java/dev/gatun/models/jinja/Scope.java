package dev.gatun.models.jinja;

import java.util.HashMap;
import java.util.Map;

/** The variables of a template, a loop's iteration, a macro's call or a block. */
final class Scope {
  private final Scope parent;

  /** Whether what outer scopes have only reserved is passed over. */
  private final boolean exported;

  /** A name mapped to null is reserved: it belongs here but has no value yet. */
  private final Map<String, Value> variables = new HashMap<>(8);

  Scope(Scope parent) {
    this(parent, false);
  }

  private Scope(Scope parent, boolean exported) {
    this.parent = parent;
    this.exported = exported;
  }

  /** A scope that sees only those outer variables that have a value. */
  static Scope ofExported(Scope parent) {
    return new Scope(parent, true);
  }

  void set(String name, Value value) {
    variables.put(name, value);
  }

  /** Makes a name belong to this scope before it has a value. */
  void reserve(String name) {
    variables.putIfAbsent(name, null);
  }

  /** The innermost variable of that name, else the global function, else null. */
  Value find(String name) {
    boolean exportedOnly = false;
    for (Scope scope = this; scope != null; scope = scope.parent) {
      Value value = scope.variables.get(name);
      if (value != null) {
        return value;
      }
      if (!exportedOnly && scope.variables.containsKey(name)) {
        return null;
      }
      exportedOnly |= scope.exported;
    }
    return GlobalFunction.find(name);
  }
}
