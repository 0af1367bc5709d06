package dev.gatun.models.jinja;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;

/** Filters over the elements of a value, as a whole. */
final class SequenceFilters {
  private SequenceFilters() {}

  static boolean exists(String name) {
    return switch (name) {
      case "batch",
          "count",
          "dictsort",
          "first",
          "groupby",
          "items",
          "join",
          "last",
          "length",
          "list",
          "max",
          "min",
          "reverse",
          "slice",
          "sort",
          "sum" ->
          true;
      default -> false;
    };
  }

  static Value apply(Interpreter in, String name, Value value, Arguments args) {
    Budget budget = in.budget();
    return switch (name) {
      case "length", "count" -> {
        args.bind(name, 0);
        yield length(value, budget);
      }
      case "list" -> {
        args.bind(name, 0);
        yield new ListValue(Iteration.copy(budget, value));
      }
      case "first" -> {
        args.bind(name, 0);
        Iterator<Value> items = Iteration.of(budget, value);
        yield items.hasNext()
            ? items.next()
            : Undefined.because("no first item, the sequence was empty");
      }
      case "last" -> {
        args.bind(name, 0);
        yield last(value, budget);
      }
      case "reverse" -> {
        args.bind(name, 0);
        yield reverse(value, budget);
      }
      case "join" -> join(in, value, args);
      case "items", "batch", "slice" -> generator(in, name, value, args);
      case "dictsort" -> dictSort(value, args, budget);
      case "sort" -> sort(in, value, args);
      case "min", "max" -> extreme(in, name, value, args);
      case "sum" -> sum(in, value, args);
      default -> groupBy(in, value, args);
    };
  }

  private static Value generator(Interpreter in, String name, Value value, Arguments args) {
    Value[] bound =
        switch (name) {
          case "items" -> args.bind(name, 0);
          case "batch" -> args.bind(name, 1, "linecount", "fill_with");
          default -> args.bind(name, 1, "slices", "fill_with");
        };
    return new Generator(
        new Deferred() {
          @Override
          Iterator<Value> open() {
            List<Value> elements =
                switch (name) {
                  case "items" -> items(value, in.budget());
                  case "batch" -> batch(value, bound, in.budget());
                  default -> slice(value, bound, in.budget());
                };
            return elements.iterator();
          }
        });
  }

  private static Value length(Value value, Budget budget) {
    if (value instanceof Str s) {
      budget.scan(s.text().length());
    }
    int size = Iteration.size(value);
    if (size < 0) {
      throw JinjaException.runtime("object of type '" + value.typeName() + "' has no len()");
    }
    return Int.of(size);
  }

  private static Value last(Value value, Budget budget) {
    if (value instanceof Generator) {
      throw JinjaException.runtime("'generator' object is not reversible");
    }
    List<Value> items = Iteration.list(budget, value);
    return items.isEmpty()
        ? Undefined.because("no last item, the sequence was empty")
        : items.getLast();
  }

  private static Value reverse(Value value, Budget budget) {
    if (value instanceof Str s) {
      budget.chars(s.text().length());
      return s.with(new StringBuilder(s.text()).reverse().toString());
    }
    List<Value> reversed = Iteration.copy(budget, value).reversed();
    return value instanceof Generator
        ? new ListValue(reversed)
        : new Generator(reversed.iterator());
  }

  private static Value join(Interpreter in, Value value, Arguments args) {
    Value[] bound = args.bind("join", 0, "d", "attribute");
    String separator = bound[0] == null ? "" : Repr.str(bound[0], in.budget());
    StringBuilder out = new StringBuilder();
    Iterator<Value> items = Iteration.of(in.budget(), value);
    while (items.hasNext()) {
      in.budget().step();
      Value item = Access.path(in, items.next(), bound[1]);
      String text = Repr.str(item, in.budget());
      in.budget().chars((long) text.length() + separator.length());
      out.append(text);
      if (items.hasNext()) {
        out.append(separator);
      }
    }
    return Str.of(out.toString());
  }

  private static List<Value> items(Value value, Budget budget) {
    if (value instanceof Undefined) {
      return List.of();
    }
    if (value instanceof Dict dict) {
      budget.steps(dict.size());
      return new DictView(DictView.Kind.ITEMS, dict).items();
    }
    throw JinjaException.runtime("items needs a mapping, not '" + value.typeName() + "'");
  }

  private static Value lowered(Value value, boolean caseSensitive, Budget budget) {
    if (caseSensitive || !(value instanceof Str s)) {
      return value;
    }
    budget.chars(s.text().length());
    return s.with(TextCase.convert("lower", s.text()));
  }

  private static boolean flag(Value value) {
    return value != null && Truth.of(value);
  }

  private record Keyed(Value key, Value value) {}

  /** Stable, also in reverse. */
  private static List<Value> sorted(List<Keyed> keyed, boolean reverse, Budget budget) {
    Comparator<Value> order = Ordering.ascending(budget);
    if (reverse) {
      order = order.reversed();
    }
    Comparator<Value> byKey = order;
    budget.steps(keyed.size());
    keyed.sort((a, b) -> byKey.compare(a.key(), b.key()));
    List<Value> values = new ArrayList<>(keyed.size());
    for (Keyed item : keyed) {
      values.add(item.value());
    }
    return values;
  }

  private static Value dictSort(Value value, Arguments args, Budget budget) {
    Value[] bound = args.bind("dictsort", 0, "case_sensitive", "by", "reverse");
    String by = bound[1] == null ? "key" : Repr.str(bound[1], budget);
    if (!by.equals("key") && !by.equals("value")) {
      throw JinjaException.runtime("dictsort sorts by \"key\" or \"value\"");
    }
    if (!(value instanceof Dict dict)) {
      throw JinjaException.runtime("dictsort needs a mapping, not '" + value.typeName() + "'");
    }
    List<Keyed> keyed = new ArrayList<>();
    for (Dict.Entry entry : dict.entries()) {
      Value key = by.equals("key") ? entry.key() : entry.value();
      keyed.add(
          new Keyed(
              lowered(key, flag(bound[0]), budget), TupleValue.pair(entry.key(), entry.value())));
    }
    return new ListValue(sorted(keyed, flag(bound[2]), budget));
  }

  /** For JSON with sorted keys. */
  static List<Dict.Entry> sortedByKey(Dict dict, Budget budget) {
    List<Dict.Entry> entries = new ArrayList<>();
    dict.entries().forEach(entries::add);
    budget.steps(entries.size());
    Comparator<Value> order = Ordering.ascending(budget);
    entries.sort((a, b) -> order.compare(a.key(), b.key()));
    return entries;
  }

  private static Value sort(Interpreter in, Value value, Arguments args) {
    Value[] bound = args.bind("sort", 0, "reverse", "case_sensitive", "attribute");
    List<Value> paths = new ArrayList<>();
    if (bound[2] instanceof Str names) {
      for (String path : PythonText.split(names.text(), ",")) {
        paths.add(Str.of(path));
      }
    } else {
      paths.add(bound[2] == null ? None.NONE : bound[2]);
    }
    List<Keyed> keyed = new ArrayList<>();
    for (Value item : Iteration.list(in.budget(), value)) {
      List<Value> keys = new ArrayList<>();
      for (Value path : paths) {
        keys.add(lowered(Access.path(in, item, path), flag(bound[1]), in.budget()));
      }
      keyed.add(new Keyed(new ListValue(keys), item));
    }
    return new ListValue(sorted(keyed, flag(bound[0]), in.budget()));
  }

  private static Value extreme(Interpreter in, String name, Value value, Arguments args) {
    Value[] bound = args.bind(name, 0, "case_sensitive", "attribute");
    Value best = null;
    Value bestKey = null;
    Relation better = name.equals("min") ? Relation.LESS : Relation.GREATER;
    for (Value item : Iteration.list(in.budget(), value)) {
      Value key = lowered(Access.path(in, item, bound[1]), flag(bound[0]), in.budget());
      if (best == null || better.test(key, bestKey, in.budget())) {
        best = item;
        bestKey = key;
      }
    }
    return best == null ? Undefined.because("no aggregated item, the sequence was empty") : best;
  }

  private static Value sum(Interpreter in, Value value, Arguments args) {
    Value[] bound = args.bind("sum", 0, "attribute", "start");
    Value total = bound[1] == null ? Int.of(0) : bound[1];
    if (total instanceof Str) {
      throw JinjaException.runtime("sum() cannot sum strings");
    }
    Iterator<Value> items = Iteration.of(in.budget(), value);
    while (items.hasNext()) {
      in.budget().step();
      Value item = Access.path(in, items.next(), bound[0]);
      total = Arithmetic.apply(Operator.ADD, total, item, in.budget());
    }
    return total;
  }

  private static Value groupBy(Interpreter in, Value value, Arguments args) {
    Value[] bound = args.bind("groupby", 1, "attribute", "default", "case_sensitive");
    List<Keyed> keyed = new ArrayList<>();
    for (Value item : Iteration.list(in.budget(), value)) {
      Value key = Access.path(in, item, bound[0]);
      if (key instanceof Undefined && bound[1] != null && bound[1] != None.NONE) {
        key = bound[1];
      }
      keyed.add(new Keyed(lowered(key, flag(bound[2]), in.budget()), TupleValue.pair(key, item)));
    }
    List<Value> groups = new ArrayList<>();
    Value lastKey = null;
    List<Value> members = new ArrayList<>();
    for (Value pair : sorted(keyed, false, in.budget())) {
      Value key = ((TupleValue) pair).items().get(0);
      Value comparable = lowered(key, flag(bound[2]), in.budget());
      if (lastKey == null || !Equality.equal(lastKey, comparable, in.budget())) {
        members = new ArrayList<>();
        groups.add(new TupleValue(List.of(key, new ListValue(members)), true));
        lastKey = comparable;
      }
      members.add(((TupleValue) pair).items().get(1));
    }
    return new ListValue(groups);
  }

  private static List<Value> batch(Value value, Value[] bound, Budget budget) {
    int size = new Int(Arithmetic.integer(bound[0])).clamped();
    List<Value> batches = new ArrayList<>();
    List<Value> current = new ArrayList<>();
    for (Value item : Iteration.list(budget, value)) {
      budget.step();
      if (current.size() == size) {
        batches.add(new ListValue(current));
        current = new ArrayList<>();
      }
      current.add(item);
    }
    if (!current.isEmpty()) {
      if (bound[1] != null && bound[1] != None.NONE && current.size() < size) {
        budget.steps(size);
        while (current.size() < size) {
          current.add(bound[1]);
        }
      }
      batches.add(new ListValue(current));
    }
    return batches;
  }

  private static List<Value> slice(Value value, Value[] bound, Budget budget) {
    int slices = new Int(Arithmetic.integer(bound[0])).clamped();
    List<Value> items = Iteration.list(budget, value);
    if (slices == 0) {
      throw JinjaException.runtime("integer division or modulo by zero");
    }
    budget.steps(Math.max(0, slices) + (long) items.size());
    int each = Math.floorDiv(items.size(), slices);
    int longer = Math.floorMod(items.size(), slices);
    List<Value> result = new ArrayList<>();
    int start = 0;
    for (int i = 0; i < slices; i++) {
      int end = start + each + (i < longer ? 1 : 0);
      List<Value> part = new ArrayList<>(items.subList(start, end));
      if (bound[1] != null && bound[1] != None.NONE && i >= longer) {
        part.add(bound[1]);
      }
      result.add(new ListValue(part));
      start = end;
    }
    return result;
  }
}
