package dev.gatun.models.jinja;

import java.util.List;
import java.util.Map;

/** Python's {@code str()} and {@code repr()}. */
final class Repr {
  private final StringBuilder out = new StringBuilder();
  private final Budget budget;

  private Repr(Budget budget) {
    this.budget = budget;
  }

  /** As printed by a template. */
  static String str(Value value, Budget budget) {
    return switch (value) {
      case Str s -> s.text();
      case Undefined u -> "";
      default -> repr(value, budget);
    };
  }

  static String repr(Value value, Budget budget) {
    Repr repr = new Repr(budget);
    repr.append(value);
    return repr.out.toString();
  }

  /** Like {@link #repr}, with escapes for what is not ASCII. */
  static String ascii(Value value, Budget budget) {
    String text = repr(value, budget);
    StringBuilder out = new StringBuilder();
    text.codePoints()
        .forEach(c -> {
          if (c < 0x80) {
            out.append((char) c);
          } else {
            escape(c, out);
          }
        });
    budget.chars(out.length());
    return out.toString();
  }

  private void append(String text) {
    budget.chars(text.length());
    out.append(text);
  }

  private void append(Value value) {
    budget.step();
    switch (value) {
      case Str s -> append(s);
      case None n -> append("None");
      case Bool b -> append(b == Bool.TRUE ? "True" : "False");
      case Int i -> append(i.value().toString());
      case Real r -> append(RealText.repr(r.value()));
      case Undefined u -> append("Undefined");
      case ListValue l -> items("[", l.items(), "]");
      case TupleValue t -> items("(", t.items(), t.items().size() == 1 ? ",)" : ")");
      case Dict d -> dict(d);
      case DictView v -> {
        append(v.typeName());
        items("([", v.items(), "])");
      }
      case Range r -> range(r);
      case Namespace n -> namespace(n);
      case Generator g -> append("<generator object>");
      case Callable c -> append(c.describe());
    }
  }

  private void items(String open, List<Value> items, String close) {
    budget.enter();
    append(open);
    String separator = "";
    for (Value item : items) {
      append(separator);
      append(item);
      separator = ", ";
    }
    append(close);
    budget.leave();
  }

  private void dict(Dict dict) {
    budget.enter();
    append("{");
    String separator = "";
    for (Dict.Entry entry : dict.entries()) {
      append(separator);
      append(entry.key());
      append(": ");
      append(entry.value());
      separator = ", ";
    }
    append("}");
    budget.leave();
  }

  private void range(Range range) {
    append("range(" + range.start() + ", " + range.stop());
    append(range.step().equals(java.math.BigInteger.ONE) ? ")" : ", " + range.step() + ")");
  }

  private void namespace(Namespace namespace) {
    budget.enter();
    append("<Namespace {");
    String separator = "";
    for (Map.Entry<String, Value> attribute : namespace.attributes().entrySet()) {
      append(separator);
      append(Str.of(attribute.getKey()));
      append(": ");
      append(attribute.getValue());
      separator = ", ";
    }
    append("}>");
    budget.leave();
  }

  private void append(Str value) {
    budget.chars(value.text().length() + 2L);
    if (value.markup()) {
      out.append("Markup(");
    }
    quote(value.text(), out);
    if (value.markup()) {
      out.append(')');
    }
  }

  /** A string literal as Python writes it. */
  private static void quote(String text, StringBuilder out) {
    char quote = text.indexOf('\'') >= 0 && text.indexOf('"') < 0 ? '"' : '\'';
    out.append(quote);
    for (int i = 0; i < text.length(); ) {
      int c = text.codePointAt(i);
      i += Character.charCount(c);
      switch (c) {
        case '\n' -> out.append("\\n");
        case '\r' -> out.append("\\r");
        case '\t' -> out.append("\\t");
        case '\\' -> out.append("\\\\");
        default -> {
          if (c == quote) {
            out.append('\\').append(quote);
          } else if (PythonText.isPrintable(c)) {
            out.appendCodePoint(c);
          } else {
            escape(c, out);
          }
        }
      }
    }
    out.append(quote);
  }

  private static void escape(int c, StringBuilder out) {
    String hex = Integer.toHexString(c);
    int width = c <= 0xff ? 2 : c <= 0xffff ? 4 : 8;
    out.append('\\').append(width == 2 ? 'x' : width == 4 ? 'u' : 'U');
    out.repeat('0', width - hex.length()).append(hex);
  }
}
