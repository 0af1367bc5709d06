package dev.gatun.models.jinja;

import java.util.ArrayList;
import java.util.List;

/** Python's {@code sequence[start:stop:step]}. */
final class Slicing {
  private Slicing() {}

  static Value slice(Value target, Value start, Value stop, Value step, Budget budget) {
    int by = step == None.NONE ? 1 : index(step);
    if (by == 0) {
      throw JinjaException.runtime("slice step cannot be zero");
    }
    return switch (target) {
      case Str s -> text(s, start, stop, by, budget);
      case ListValue l -> new ListValue(items(l.items(), start, stop, by, budget));
      case TupleValue t -> new TupleValue(items(t.items(), start, stop, by, budget));
      case Range r -> range(r, start, stop, by);
      case Undefined u -> throw u.failure();
      default ->
          throw JinjaException.runtime("'" + target.typeName() + "' object cannot be sliced");
    };
  }

  private static int index(Value bound) {
    if (bound instanceof Int || bound instanceof Bool) {
      return new Int(Arithmetic.integer(bound)).clamped();
    }
    throw JinjaException.runtime("slice indices must be integers or None");
  }

  /** Where a bound lies in a sequence, counted from its end when negative. */
  private static int place(Value bound, int size, int by, int unset) {
    if (bound == None.NONE) {
      return unset;
    }
    int at = index(bound);
    if (at < 0) {
      at += size;
      return at < 0 ? (by < 0 ? -1 : 0) : at;
    }
    return Math.min(at, by < 0 ? size - 1 : size);
  }

  private static int first(Value start, int size, int by) {
    return place(start, size, by, by < 0 ? size - 1 : 0);
  }

  private static int end(Value stop, int size, int by) {
    return place(stop, size, by, by < 0 ? -1 : size);
  }

  private static Str text(Str text, Value start, Value stop, int by, Budget budget) {
    String s = text.text();
    budget.scan(s.length());
    int size = PythonText.length(s);
    int from = first(start, size, by);
    int to = end(stop, size, by);
    if (by == 1) {
      if (from >= to) {
        return text.with("");
      }
      int begin = PythonText.offset(s, 0, from);
      String part = s.substring(begin, PythonText.offset(s, begin, to - from));
      budget.chars(part.length());
      return text.with(part);
    }
    budget.chars(size);
    int[] points = s.codePoints().toArray();
    StringBuilder out = new StringBuilder();
    for (long i = from; by > 0 ? i < to : i > to; i += by) {
      out.appendCodePoint(points[(int) i]);
    }
    return text.with(out.toString());
  }

  private static List<Value> items(
      List<Value> items, Value start, Value stop, int by, Budget budget) {
    int size = items.size();
    int from = first(start, size, by);
    int to = end(stop, size, by);
    List<Value> out = new ArrayList<>();
    for (long i = from; by > 0 ? i < to : i > to; i += by) {
      budget.step();
      out.add(items.get((int) i));
    }
    return out;
  }

  private static Range range(Range range, Value start, Value stop, int by) {
    int from = first(start, range.size(), by);
    int to = end(stop, range.size(), by);
    var step = range.step();
    return Range.of(
        range.start().add(step.multiply(java.math.BigInteger.valueOf(from))),
        range.start().add(step.multiply(java.math.BigInteger.valueOf(to))),
        step.multiply(java.math.BigInteger.valueOf(by)));
  }
}
