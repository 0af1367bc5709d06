package dev.gatun.models.jinja;

import java.util.Iterator;

/** Python's {@code in}. */
final class Containment {
  private Containment() {}

  static boolean contains(Value container, Value element, Budget budget) {
    switch (container) {
      case Str s -> {
        if (!(element instanceof Str part)) {
          throw element instanceof Undefined undefined
              ? undefined.failure()
              : JinjaException.runtime(
                  "'in <string>' requires a string as left operand, not " + element.typeName());
        }
        budget.search(s.text().length(), part.text().length());
        return s.text().contains(part.text());
      }
      case Dict d -> {
        return d.get(element, budget) != null;
      }
      case DictView v -> {
        if (v.kind() == DictView.Kind.KEYS) {
          return v.dict().get(element, budget) != null;
        }
      }
      default -> {
        // goes through the elements
      }
    }
    if (!Iteration.possible(container)) {
      throw JinjaException.runtime(
          "argument of type '" + container.typeName() + "' is not iterable");
    }
    Iterator<Value> items = Iteration.of(budget, container);
    while (items.hasNext()) {
      Value item = items.next();
      if (Equality.same(item, element) || Equality.equal(item, element, budget)) {
        return true;
      }
    }
    return false;
  }
}
