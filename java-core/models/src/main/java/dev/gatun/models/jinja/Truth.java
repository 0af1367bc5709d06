package dev.gatun.models.jinja;

/** Python's truth of a value. */
final class Truth {
  private Truth() {}

  static boolean of(Value value) {
    return switch (value) {
      case Bool b -> b == Bool.TRUE;
      case Str s -> !s.isEmpty();
      case Int i -> i.value().signum() != 0;
      case Real r -> r.value() != 0;
      case ListValue l -> !l.items().isEmpty();
      case TupleValue t -> !t.items().isEmpty();
      case Dict d -> d.size() > 0;
      case DictView v -> v.dict().size() > 0;
      case Range r -> r.size() > 0;
      case None n -> false;
      case Undefined u -> false;
      case Generator g -> true;
      case Namespace n -> true;
      case Callable c -> true;
    };
  }
}
