package dev.gatun.models.jinja;

import java.util.List;

/** What a value is assigned to. */
sealed interface Target {
  void assign(Interpreter in, Scope scope, Value value);

  /** A variable of the innermost scope. */
  record Variable(String name) implements Target {
    @Override
    public void assign(Interpreter in, Scope scope, Value value) {
      scope.set(name, value);
    }
  }

  /** An attribute of a namespace, which may belong to an outer scope. */
  record Attribute(String namespace, String name) implements Target {
    @Override
    public void assign(Interpreter in, Scope scope, Value value) {
      if (!(scope.find(namespace) instanceof Namespace target)) {
        throw JinjaException.runtime(
            "cannot assign to "
                + namespace
                + "."
                + name
                + ": only a namespace has attributes to set");
      }
      target.set(name, value);
    }
  }

  /** As many targets as the value has elements. */
  record Unpacked(List<Target> targets) implements Target {
    @Override
    public void assign(Interpreter in, Scope scope, Value value) {
      List<Value> items = Iteration.list(in.budget(), value);
      if (items.size() != targets.size()) {
        throw JinjaException.runtime(
            "cannot unpack " + items.size() + " values into " + targets.size() + " names");
      }
      for (int i = 0; i < items.size(); i++) {
        targets.get(i).assign(in, scope, items.get(i));
      }
    }
  }
}
