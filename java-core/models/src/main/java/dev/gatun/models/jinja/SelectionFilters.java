package dev.gatun.models.jinja;

import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;

/**
 * Filters that return some or all elements, each on demand: {@code map}, {@code select} and the
 * like.
 */
final class SelectionFilters {
  private SelectionFilters() {}

  static boolean exists(String name) {
    return switch (name) {
      case "map", "select", "reject", "selectattr", "rejectattr", "unique" -> true;
      default -> false;
    };
  }

  static Value apply(Interpreter in, String name, Value value, Arguments args) {
    return new Generator(
        new Deferred() {
          @Override
          Iterator<Value> open() {
            return elements(in, name, value, args);
          }
        });
  }

  private static Iterator<Value> elements(
      Interpreter in, String name, Value value, Arguments args) {
    if (!name.equals("unique") && !Truth.of(value)) {
      return List.<Value>of().iterator();
    }
    Iterator<Value> source = Iteration.of(in.budget(), value);
    return switch (name) {
      case "map" -> mapped(in, source, args);
      case "unique" -> unique(in, source, args);
      default -> selected(in, name, source, args);
    };
  }

  private static Iterator<Value> mapped(Interpreter in, Iterator<Value> source, Arguments args) {
    Map<String, Value> keywords = args.keywords();
    if (args.positional().isEmpty() && keywords.containsKey("attribute")) {
      Value[] bound = args.bind("map", 0, "attribute", "default");
      Value byDefault = bound[1] == None.NONE ? null : bound[1];
      return new Lazy(in, source) {
        @Override
        Value accept(Value item) {
          Value found = Access.path(in, item, bound[0]);
          return found instanceof Undefined && byDefault != null ? byDefault : found;
        }
      };
    }
    if (args.positional().isEmpty()) {
      throw JinjaException.runtime("map needs the name of a filter or an attribute");
    }
    String filter = Repr.str(args.positional().getFirst(), in.budget());
    Arguments rest = rest(args, 1);
    return new Lazy(in, source) {
      @Override
      Value accept(Value item) {
        return Filters.apply(in, filter, item, rest);
      }
    };
  }

  private static Arguments rest(Arguments args, int from) {
    List<Value> positional = args.positional();
    return new Arguments(
        positional.subList(Math.min(from, positional.size()), positional.size()), args.keywords());
  }

  private static Iterator<Value> selected(
      Interpreter in, String name, Iterator<Value> source, Arguments args) {
    boolean byAttribute = name.endsWith("attr");
    boolean wanted = name.startsWith("select");
    int at = byAttribute ? 1 : 0;
    if (args.positional().size() < at) {
      throw JinjaException.runtime(name + " needs the name of an attribute");
    }
    Value attribute = byAttribute ? args.positional().getFirst() : null;
    String test =
        args.positional().size() > at ? Repr.str(args.positional().get(at), in.budget()) : null;
    Arguments rest = rest(args, at + 1);
    return new Lazy(in, source) {
      @Override
      Value accept(Value item) {
        Value tested = Access.path(in, item, attribute);
        boolean holds = test == null ? Truth.of(tested) : Tests.test(in, test, tested, rest);
        return holds == wanted ? item : null;
      }
    };
  }

  private static Iterator<Value> unique(Interpreter in, Iterator<Value> source, Arguments args) {
    Value[] bound = args.bind("unique", 0, "case_sensitive", "attribute");
    boolean caseSensitive = bound[0] != null && Truth.of(bound[0]);
    Set<Object> seen = new HashSet<>();
    return new Lazy(in, source) {
      @Override
      Value accept(Value item) {
        Value key = Access.path(in, item, bound[1]);
        if (!caseSensitive && key instanceof Str s) {
          in.budget().chars(s.text().length());
          key = Str.of(TextCase.convert("lower", s.text()));
        }
        in.budget().steps(8);
        return seen.add(Dict.hashed(key, in.budget())) ? item : null;
      }
    };
  }

  /** Elements made from those of a source, or left out, when they are asked for. */
  private abstract static class Lazy implements Iterator<Value> {
    private final Interpreter in;
    private final Iterator<Value> source;
    private Value ahead;

    Lazy(Interpreter in, Iterator<Value> source) {
      this.in = in;
      this.source = source;
    }

    /** The element that takes the place of one of the source, null to leave it out. */
    abstract Value accept(Value item);

    @Override
    public boolean hasNext() {
      in.budget().enter();
      while (ahead == null && source.hasNext()) {
        in.budget().step();
        ahead = accept(source.next());
      }
      in.budget().leave();
      return ahead != null;
    }

    @Override
    public Value next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      Value next = ahead;
      ahead = null;
      return next;
    }
  }
}
