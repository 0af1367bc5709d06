package dev.gatun.models.jinja;

/** A filter to apply, with its argument expressions. */
record FilterCall(String name, CallArguments arguments) {
  Value apply(Interpreter in, Value target) {
    return Filters.apply(in, name, target, arguments.evaluate(in));
  }
}
