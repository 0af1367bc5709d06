package dev.gatun.models.jinja;

import java.math.BigInteger;
import java.util.List;

/**
 * {@code value.name} and {@code value[key]}. Both find elements and attributes, in different order.
 */
final class Access {
  private Access() {}

  static Value attribute(Interpreter in, Value target, String name) {
    Value found = own(in, target, name);
    if (found == null && target instanceof Dict dict) {
      found = dict.get(name);
    }
    return found == null ? Undefined.element(target, name) : found;
  }

  static Value item(Interpreter in, Value target, Value key) {
    Value found = element(target, key, in.budget());
    if (found == null && key instanceof Str name) {
      found = own(in, target, name.text());
    }
    if (found != null) {
      return found;
    }
    return Undefined.element(target, key instanceof Str s ? s.text() : Repr.repr(key, in.budget()));
  }

  /** An element only, or an attribute where the key is a name; by the rules of {@code x[key]}. */
  private static Value element(Value target, Value key, Budget budget) {
    return switch (target) {
      case Undefined u -> throw u.failure();
      case Dict d -> hashable(key) ? d.get(key, budget) : null;
      case ListValue l -> at(l.items(), key);
      case TupleValue t -> at(t.items(), key);
      case Range r -> at(r.items(), key);
      case Str s -> character(s, key, budget);
      default -> null;
    };
  }

  private static boolean hashable(Value key) {
    return !(key instanceof ListValue || key instanceof Dict || key instanceof DictView);
  }

  private static Value at(List<Value> items, Value key) {
    int index = index(key, items.size());
    return index < 0 ? null : items.get(index);
  }

  private static Value character(Str text, Value key, Budget budget) {
    if (!(key instanceof Int || key instanceof Bool)) {
      return null;
    }
    budget.scan(text.text().length());
    int index = index(key, PythonText.length(text.text()));
    if (index < 0) {
      return null;
    }
    int begin = PythonText.offset(text.text(), 0, index);
    return text.with(text.text().substring(begin, PythonText.offset(text.text(), begin, 1)));
  }

  /** The place that an integer means in a sequence, -1 if none. */
  private static int index(Value key, int size) {
    if (!(key instanceof Int || key instanceof Bool)) {
      return -1;
    }
    BigInteger index = Arithmetic.integer(key);
    if (index.signum() < 0) {
      index = index.add(BigInteger.valueOf(size));
    }
    return index.signum() < 0 || index.bitLength() >= Integer.SIZE || index.intValue() >= size
        ? -1
        : index.intValue();
  }

  /** An attribute that the value has by its type, null if none. */
  static Value own(Interpreter in, Value target, String name) {
    return switch (target) {
      case Undefined u -> throw u.failure();
      case Namespace n -> n.get(name);
      case Callable c -> c.attribute(in, name);
      case TupleValue t when t.attribute(name) != null -> t.attribute(name);
      default -> {
        if (Methods.exists(target, name)) {
          yield new BoundMethod(target, name);
        }
        yield Methods.changes(target, name) ? Undefined.unsafe(target, name) : null;
      }
    };
  }

  /**
   * Follows an attribute path of a filter such as {@code map(attribute="a.b.0")}; null means the
   * element itself.
   */
  static Value path(Interpreter in, Value start, Value path) {
    if (path == null || path == None.NONE) {
      return start;
    }
    if (!(path instanceof Str names)) {
      return item(in, start, path);
    }
    Value value = start;
    for (String part : PythonText.split(names.text(), ".")) {
      value =
          item(in, value, PythonText.isDigits(part) ? new Int(new BigInteger(part)) : Str.of(part));
    }
    return value;
  }
}
