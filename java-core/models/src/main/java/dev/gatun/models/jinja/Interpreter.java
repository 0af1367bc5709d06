package dev.gatun.models.jinja;

import java.time.Clock;

/** The state of one rendering. Confined to one thread. */
final class Interpreter {
  private final Budget budget;
  private final Clock clock;
  private final Scope root;
  private Scope scope;
  private StringBuilder out = new StringBuilder();
  private int line;

  /**
   * @param root the scope of the template's top level
   */
  Interpreter(Budget budget, Clock clock, Scope root) {
    this.budget = budget;
    this.clock = clock;
    this.root = root;
    this.scope = root;
  }

  Budget budget() {
    return budget;
  }

  Clock clock() {
    return clock;
  }

  Scope root() {
    return root;
  }

  Scope scope() {
    return scope;
  }

  /** Makes another scope current and returns the one that was. */
  Scope swapScope(Scope next) {
    Scope previous = scope;
    scope = next;
    return previous;
  }

  /** Sends output elsewhere and returns where it went. */
  StringBuilder swapOutput(StringBuilder next) {
    StringBuilder previous = out;
    out = next;
    return previous;
  }

  void write(String text) {
    budget.chars(text.length());
    out.append(text);
  }

  String output() {
    return out.toString();
  }

  /** Line of the statement being executed, for messages. */
  int line() {
    return line;
  }

  void line(int number) {
    line = number;
  }
}
