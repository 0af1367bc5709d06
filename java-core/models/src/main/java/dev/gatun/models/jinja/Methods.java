package dev.gatun.models.jinja;

import java.util.Iterator;
import java.util.List;

/**
 * Methods of Python's built-in types. Those that change their receiver are refused, as in jinja2's
 * sandbox.
 */
final class Methods {
  private Methods() {}

  static boolean exists(Value receiver, String name) {
    return switch (receiver) {
      case Str s -> TextMethods.exists(name);
      case ListValue l -> isSequenceMethod(name) || name.equals("copy");
      case TupleValue t -> isSequenceMethod(name);
      case Range r -> isSequenceMethod(name);
      case Dict d -> isDictMethod(name);
      case Real r -> name.equals("is_integer");
      default -> false;
    };
  }

  private static boolean isSequenceMethod(String name) {
    return name.equals("count") || name.equals("index");
  }

  private static boolean isDictMethod(String name) {
    return switch (name) {
      case "get", "items", "keys", "values", "copy" -> true;
      default -> false;
    };
  }

  /** Whether Python has the method but a sandboxed template may not call it. */
  static boolean changes(Value receiver, String name) {
    return switch (receiver) {
      case ListValue l ->
          switch (name) {
            case "append", "clear", "pop", "reverse", "insert", "sort", "extend", "remove" -> true;
            default -> false;
          };
      case Dict d ->
          switch (name) {
            case "clear", "pop", "popitem", "setdefault", "update" -> true;
            default -> false;
          };
      default -> false;
    };
  }

  static Value call(Interpreter in, Value receiver, String name, Arguments args) {
    return switch (receiver) {
      case Str s -> TextMethods.call(in, s, name, args);
      case Dict d -> dict(in, d, name, args);
      case Loop l -> {
        args.bindPositional("loop." + name, 0, args.positional().size());
        yield name.equals("cycle") ? l.cycle(args.positional()) : l.changed(args.positional());
      }
      case Cycler c -> {
        args.bindPositional("cycler." + name, 0, 0);
        yield name.equals("next") ? c.next() : c.reset();
      }
      case Real r -> {
        args.bindPositional(name, 0, 0);
        yield Bool.of(r.value() == Math.rint(r.value()) && !Double.isInfinite(r.value()));
      }
      default -> sequence(in, receiver, name, args);
    };
  }

  private static Value dict(Interpreter in, Dict dict, String name, Arguments args) {
    if (name.equals("get")) {
      Value[] bound = args.bindPositional("get", 1, 2);
      Value found = dict.get(bound[0], in.budget());
      if (found != null) {
        return found;
      }
      return bound[1] == null ? None.NONE : bound[1];
    }
    args.bindPositional(name, 0, 0);
    return switch (name) {
      case "items" -> new DictView(DictView.Kind.ITEMS, dict);
      case "keys" -> new DictView(DictView.Kind.KEYS, dict);
      case "values" -> new DictView(DictView.Kind.VALUES, dict);
      default -> dict;
    };
  }

  private static Value sequence(Interpreter in, Value receiver, String name, Arguments args) {
    if (name.equals("copy")) {
      args.bindPositional(name, 0, 0);
      return new ListValue(Iteration.copy(in.budget(), receiver));
    }
    boolean count = name.equals("count");
    Value[] bound = args.bindPositional(name, 1, count || receiver instanceof Range ? 1 : 3);
    List<Value> items = Iteration.list(in.budget(), receiver);
    int from = count ? 0 : TextMethods.bound(bound, 1, items.size(), 0);
    int to = count ? items.size() : TextMethods.bound(bound, 2, items.size(), items.size());
    int found = 0;
    Iterator<Value> each = items.iterator();
    for (int i = 0; each.hasNext(); i++) {
      Value item = each.next();
      if (i >= from
          && i < to
          && (Equality.same(item, bound[0]) || Equality.equal(item, bound[0], in.budget()))) {
        if (!count) {
          return Int.of(i);
        }
        found++;
      }
    }
    if (!count) {
      throw JinjaException.runtime("the value is not in the " + receiver.typeName());
    }
    return Int.of(found);
  }
}
