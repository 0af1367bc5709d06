package dev.gatun.models.jinja;

import java.util.List;

/** The filter {@code tojson}: Python's {@code json.dumps}, its spacing included. */
final class JsonWriter {
  private final StringBuilder out = new StringBuilder();
  private final Budget budget;
  private final boolean ascii;
  private final boolean sorted;

  /** Null for one line. */
  private final String indent;

  private final String itemSeparator;
  private final String keySeparator;
  private int level;

  private JsonWriter(
      Budget budget, boolean ascii, boolean sorted, String indent, String item, String key) {
    this.budget = budget;
    this.ascii = ascii;
    this.sorted = sorted;
    this.indent = indent;
    this.itemSeparator = item;
    this.keySeparator = key;
  }

  static Str tojson(Value value, Arguments args, Budget budget) {
    Value[] options = args.bind("tojson", 0, "ensure_ascii", "indent", "separators", "sort_keys");
    boolean ascii = options[0] != null && Truth.of(options[0]);
    boolean sorted = options[3] != null && Truth.of(options[3]);
    String indent = indent(options[1], budget);
    String item = indent == null ? ", " : ",";
    String key = ": ";
    if (options[2] != null && options[2] != None.NONE) {
      List<Value> separators = Iteration.list(budget, options[2]);
      if (separators.size() != 2
          || !(separators.get(0) instanceof Str first)
          || !(separators.get(1) instanceof Str second)) {
        throw JinjaException.runtime("tojson() takes two strings as separators");
      }
      item = first.text();
      key = second.text();
    }
    JsonWriter writer = new JsonWriter(budget, ascii, sorted, indent, item, key);
    writer.value(value);
    return Str.of(writer.out.toString());
  }

  private static String indent(Value value, Budget budget) {
    if (value == null || value == None.NONE) {
      return null;
    }
    if (value instanceof Str s) {
      return s.text();
    }
    int width = Math.max(0, new Int(Arithmetic.integer(value)).clamped());
    budget.chars(width);
    return " ".repeat(width);
  }

  private void append(String text) {
    budget.chars(text.length());
    out.append(text);
  }

  private void value(Value value) {
    budget.step();
    switch (value) {
      case Str s -> string(s.text());
      case None n -> append("null");
      case Bool b -> append(b == Bool.TRUE ? "true" : "false");
      case Int i -> append(i.value().toString());
      case Real r -> append(real(r.value()));
      case ListValue l -> array(l.items());
      case TupleValue t -> array(t.items());
      case Dict d -> object(d);
      default ->
          throw JinjaException.runtime(
              "Object of type " + value.typeName() + " is not JSON serializable");
    }
  }

  private static String real(double value) {
    if (Double.isNaN(value)) {
      return "NaN";
    }
    if (Double.isInfinite(value)) {
      return value < 0 ? "-Infinity" : "Infinity";
    }
    return RealText.repr(value);
  }

  private void array(List<Value> items) {
    if (items.isEmpty()) {
      append("[]");
      return;
    }
    open('[');
    boolean more = false;
    for (Value item : items) {
      separate(more);
      value(item);
      more = true;
    }
    close(']');
  }

  private void object(Dict dict) {
    if (dict.size() == 0) {
      append("{}");
      return;
    }
    open('{');
    boolean more = false;
    for (Dict.Entry entry : sorted ? SequenceFilters.sortedByKey(dict, budget) : dict.entries()) {
      separate(more);
      string(key(entry.key()));
      append(keySeparator);
      value(entry.value());
      more = true;
    }
    close('}');
  }

  private static String key(Value key) {
    return switch (key) {
      case Str s -> s.text();
      case None n -> "null";
      case Bool b -> b == Bool.TRUE ? "true" : "false";
      case Int i -> i.value().toString();
      case Real r -> real(r.value());
      default ->
          throw JinjaException.runtime(
              "keys must be str, int, float, bool or None, not " + key.typeName());
    };
  }

  private void open(char bracket) {
    budget.enter();
    level++;
    out.append(bracket);
  }

  private void separate(boolean more) {
    if (more) {
      append(itemSeparator);
    }
    newline();
  }

  private void close(char bracket) {
    budget.leave();
    level--;
    newline();
    out.append(bracket);
  }

  private void newline() {
    if (indent != null) {
      budget.chars(1 + (long) level * indent.length());
      out.append('\n').repeat(indent, level);
    }
  }

  private void string(String text) {
    budget.chars(text.length() + 2L);
    out.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"' -> out.append("\\\"");
        case '\\' -> out.append("\\\\");
        case '\n' -> out.append("\\n");
        case '\r' -> out.append("\\r");
        case '\t' -> out.append("\\t");
        case '\b' -> out.append("\\b");
        case '\f' -> out.append("\\f");
        default -> {
          if (c < ' ' || (ascii && c > '~')) {
            escape(c);
          } else {
            out.append(c);
          }
        }
      }
    }
    out.append('"');
  }

  private void escape(char c) {
    String hex = Integer.toHexString(c);
    append("\\u");
    out.repeat('0', 4 - hex.length()).append(hex);
  }
}
