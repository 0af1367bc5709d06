package dev.gatun.models.jinja;

/** What {@code joiner(", ")} returns: nothing the first time, then the separator. */
final class Joiner implements Callable {
  private final Value separator;
  private boolean used;

  Joiner(Value separator) {
    this.separator = separator;
  }

  @Override
  public Value call(Interpreter in, Arguments args) {
    args.bindPositional("joiner", 0, 0);
    if (used) {
      return separator;
    }
    used = true;
    return Str.EMPTY;
  }

  @Override
  public String describe() {
    return "<Joiner>";
  }

  @Override
  public String typeName() {
    return "Joiner";
  }
}
