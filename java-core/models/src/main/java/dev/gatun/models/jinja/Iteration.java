package dev.gatun.models.jinja;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/** Going through the elements of a value. */
final class Iteration {
  private Iteration() {}

  /** Whether {@code for} can go through it. */
  static boolean possible(Value value) {
    return switch (value) {
      case Str s -> true;
      case ListValue l -> true;
      case TupleValue t -> true;
      case Dict d -> true;
      case DictView v -> true;
      case Range r -> true;
      case Generator g -> true;
      case Undefined u -> true;
      case Loop l -> true;
      case None n -> false;
      case Bool b -> false;
      case Int i -> false;
      case Real r -> false;
      case Namespace n -> false;
      case Callable c -> false;
    };
  }

  /**
   * The elements; those of a generator are used up by reading them.
   *
   * @throws JinjaException the value has no elements by its type
   */
  static Iterator<Value> of(Budget budget, Value value) {
    return value instanceof Generator generator
        ? generator.iterator()
        : sized(budget, value).iterator();
  }

  /** The elements as a list, a generator's included. */
  static List<Value> list(Budget budget, Value value) {
    return value instanceof Generator generator
        ? drain(budget, generator.iterator())
        : sized(budget, value);
  }

  /** The elements in a list of their own. */
  static List<Value> copy(Budget budget, Value value) {
    List<Value> items = list(budget, value);
    // More than for going through them: they may all stay in memory.
    budget.steps(4L * items.size());
    return new ArrayList<>(items);
  }

  static List<Value> drain(Budget budget, Iterator<Value> iterator) {
    List<Value> items = new ArrayList<>();
    while (iterator.hasNext()) {
      budget.step();
      items.add(iterator.next());
    }
    return items;
  }

  private static List<Value> sized(Budget budget, Value value) {
    return switch (value) {
      case ListValue l -> l.items();
      case TupleValue t -> t.items();
      case Range r -> r.items();
      case Undefined u -> List.of();
      case Str s -> {
        budget.steps(s.text().length());
        yield PythonText.codePoints(s);
      }
      case Dict d -> {
        budget.steps(d.size());
        yield new DictView(DictView.Kind.KEYS, d).items();
      }
      case DictView v -> {
        budget.steps(v.dict().size());
        yield v.items();
      }
      default -> throw JinjaException.runtime("'" + value.typeName() + "' object is not iterable");
    };
  }

  /** The number of elements, -1 where Python's {@code len} refuses. */
  static int size(Value value) {
    return switch (value) {
      case Str s -> PythonText.length(s.text());
      case ListValue l -> l.items().size();
      case TupleValue t -> t.items().size();
      case Dict d -> d.size();
      case DictView v -> v.dict().size();
      case Range r -> r.size();
      case Undefined u -> 0;
      case Loop l -> l.length();
      default -> -1;
    };
  }
}
