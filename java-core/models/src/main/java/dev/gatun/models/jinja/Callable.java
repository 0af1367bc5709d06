package dev.gatun.models.jinja;

/** What can be called: macros, methods, global functions, a recursive loop. */
non-sealed interface Callable extends Value {
  Value call(Interpreter in, Arguments args);

  /** An attribute of the callable itself, null when absent. */
  default Value attribute(Interpreter in, String name) {
    return null;
  }

  /** As printed. */
  String describe();
}
