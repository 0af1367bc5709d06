package dev.gatun.models.jinja;

import java.util.Iterator;
import java.util.List;

/** The variable {@code loop}: the state of the innermost loop. */
final class Loop implements Callable {
  private final For statement;
  private final Scope outer;
  private final Value source;
  private final Budget budget;
  private final int depth;
  private Iterator<Value> iterator;
  private int length = -1;
  private int index = -1;
  private Value previous;
  private Value current;
  private Value ahead;
  private List<Value> lastChanged;

  Loop(For statement, Scope outer, Value source, Budget budget, int depth) {
    this.statement = statement;
    this.outer = outer;
    this.source = source;
    this.budget = budget;
    this.depth = depth;
    this.iterator = Iteration.of(budget, source);
  }

  boolean advance() {
    Value next = peek();
    if (next == null) {
      return false;
    }
    ahead = null;
    index++;
    previous = current;
    current = next;
    return true;
  }

  Value current() {
    return current;
  }

  private Value peek() {
    if (ahead == null && iterator.hasNext()) {
      ahead = iterator.next();
    }
    return ahead;
  }

  /** Reads the rest of a sequence that does not know its length. */
  int length() {
    if (length < 0) {
      length = Iteration.size(source);
      if (length < 0) {
        List<Value> rest = Iteration.drain(budget, iterator);
        iterator = rest.iterator();
        length = rest.size() + index + 1 + (ahead == null ? 0 : 1);
      }
    }
    return length;
  }

  @Override
  public Value attribute(Interpreter in, String name) {
    return switch (name) {
      case "index" -> Int.of(index + 1L);
      case "index0" -> Int.of(index);
      case "revindex" -> Int.of((long) length() - index);
      case "revindex0" -> Int.of((long) length() - index - 1);
      case "first" -> Bool.of(index == 0);
      case "last" -> Bool.of(peek() == null);
      case "length" -> Int.of(length());
      case "depth" -> Int.of(depth + 1L);
      case "depth0" -> Int.of(depth);
      case "previtem" ->
          previous == null ? Undefined.because("there is no previous item") : previous;
      case "nextitem" -> {
        Value next = peek();
        yield next == null ? Undefined.because("there is no next item") : next;
      }
      case "cycle", "changed" -> new BoundMethod(this, name);
      default -> null;
    };
  }

  /** {@code loop.cycle(a, b)}: the arguments in turn. */
  Value cycle(List<Value> values) {
    if (values.isEmpty()) {
      throw JinjaException.runtime("loop.cycle() needs something to cycle through");
    }
    return values.get(index % values.size());
  }

  /** {@code loop.changed(x)}: whether the arguments differ from those of the last call. */
  Value changed(List<Value> values) {
    if (lastChanged != null
        && Equality.equal(new TupleValue(lastChanged), new TupleValue(values), budget)) {
      return Bool.FALSE;
    }
    lastChanged = values;
    return Bool.TRUE;
  }

  @Override
  public Value call(Interpreter in, Arguments args) {
    Value sequence = args.bind("loop", 1, "iterable")[0];
    if (!statement.recursive()) {
      throw JinjaException.runtime("only a loop marked 'recursive' can be called");
    }
    return Str.of(statement.capture(in, outer, sequence, depth + 1));
  }

  @Override
  public String describe() {
    return "<LoopContext " + (index + 1) + "/" + length() + ">";
  }

  @Override
  public String typeName() {
    return "LoopContext";
  }
}
