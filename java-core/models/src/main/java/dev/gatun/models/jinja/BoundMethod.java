package dev.gatun.models.jinja;

/** A method with its receiver. */
record BoundMethod(Value receiver, String name) implements Callable {
  @Override
  public Value call(Interpreter in, Arguments args) {
    return Methods.call(in, receiver, name, args);
  }

  @Override
  public String describe() {
    return "<built-in method " + name + " of " + receiver.typeName() + " object>";
  }

  @Override
  public String typeName() {
    return "builtin_function_or_method";
  }
}
