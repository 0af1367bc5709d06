package dev.gatun.models.jinja;

import java.util.Collection;
import java.util.List;

/**
 * Statements that run in a scope of their own, and the variables of that scope which exist before
 * they are assigned.
 *
 * <p>jinja2 decides at compile time where a name lives. A name that a frame assigns to, and does
 * not read before, belongs to that frame from its start: until it is assigned, an inner frame that
 * reads it finds it undefined, even if the template was given a variable of that name.
 */
final class Frame {
  private final List<Stmt> body;
  private String[] unassigned = {};

  Frame(List<Stmt> body) {
    this.body = body;
  }

  List<Stmt> body() {
    return body;
  }

  /** Set once, before the template is published. */
  void unassigned(Collection<String> names) {
    unassigned = names.toArray(String[]::new);
  }

  boolean isEmpty() {
    return body.isEmpty();
  }

  /** A scope to run the statements in. */
  Scope scope(Scope parent) {
    Scope scope = new Scope(parent);
    for (String name : unassigned) {
      scope.reserve(name);
    }
    return scope;
  }

  Stmt.Flow exec(Interpreter in) {
    return Stmt.all(in, body);
  }
}
