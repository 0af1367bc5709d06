package dev.gatun.models.jinja;

import java.util.List;

/** What {@code cycler(a, b)} returns: values in turn, across loops. */
final class Cycler implements Callable {
  private final List<Value> items;
  private int position;

  Cycler(List<Value> items) {
    this.items = items;
  }

  Value next() {
    Value current = items.get(position);
    position = (position + 1) % items.size();
    return current;
  }

  Value reset() {
    position = 0;
    return None.NONE;
  }

  @Override
  public Value attribute(Interpreter in, String name) {
    return switch (name) {
      case "next", "reset" -> new BoundMethod(this, name);
      case "current" -> items.get(position);
      default -> null;
    };
  }

  @Override
  public Value call(Interpreter in, Arguments args) {
    throw JinjaException.runtime("'Cycler' object is not callable");
  }

  @Override
  public String describe() {
    return "<Cycler>";
  }

  @Override
  public String typeName() {
    return "Cycler";
  }
}
