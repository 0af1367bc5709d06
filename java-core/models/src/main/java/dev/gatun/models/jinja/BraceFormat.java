package dev.gatun.models.jinja;

import java.math.BigInteger;

/** Python's {@code str.format}, with attribute access by the template's rules. */
final class BraceFormat {
  /** Fields may stand inside a field's specification, not deeper. */
  private static final int NESTING = 2;

  private final Interpreter in;
  private final Str format;
  private final Arguments args;
  private final Value map;
  private int automatic;
  private boolean numbered;

  private BraceFormat(Interpreter in, Str format, Arguments args, Value map) {
    this.in = in;
    this.format = format;
    this.args = args;
    this.map = map;
  }

  static Str format(Interpreter in, Str format, Arguments args) {
    return format.with(new BraceFormat(in, format, args, null).run(format.text(), NESTING));
  }

  static Str formatMap(Interpreter in, Str format, Value map) {
    return format.with(
        new BraceFormat(in, format, Arguments.NONE, map).run(format.text(), NESTING));
  }

  private String run(String text, int nesting) {
    if (nesting == 0) {
      throw JinjaException.runtime("Max string recursion exceeded");
    }
    StringBuilder out = new StringBuilder();
    int at = 0;
    while (at < text.length()) {
      char c = text.charAt(at++);
      boolean doubled = at < text.length() && text.charAt(at) == c;
      if ((c == '{' || c == '}') && doubled) {
        out.append(c);
        at++;
      } else if (c == '}') {
        throw JinjaException.runtime("Single '}' encountered in format string");
      } else if (c == '{') {
        int end = closing(text, at);
        String field = field(text.substring(at, end), nesting);
        in.budget().chars(field.length());
        out.append(field);
        at = end + 1;
      } else {
        out.append(c);
      }
    }
    in.budget().chars(text.length());
    return out.toString();
  }

  /** The brace that ends the field starting at {@code from}. */
  private static int closing(String text, int from) {
    int depth = 1;
    boolean inIndex = false;
    for (int at = from; at < text.length(); at++) {
      char c = text.charAt(at);
      if (c == '[' && depth == 1) {
        inIndex = true;
      } else if (c == ']') {
        inIndex = false;
      } else if (!inIndex && c == '{') {
        depth++;
      } else if (!inIndex && c == '}' && --depth == 0) {
        return at;
      }
    }
    throw JinjaException.runtime("expected '}' before end of string");
  }

  private String field(String field, int nesting) {
    in.budget().step();
    int end = nameEnd(field);
    char conversion = 0;
    int at = end;
    if (at < field.length() && field.charAt(at) == '!') {
      if (at + 1 >= field.length()) {
        throw JinjaException.runtime("end of string while looking for conversion specifier");
      }
      conversion = field.charAt(at + 1);
      at += 2;
    }
    String spec = "";
    if (at < field.length()) {
      if (field.charAt(at) != ':') {
        throw JinjaException.runtime("expected ':' after conversion specifier");
      }
      spec = field.substring(at + 1);
    }
    Value value = converted(lookup(field.substring(0, end)), conversion);
    spec = spec.indexOf('{') >= 0 || spec.indexOf('}') >= 0 ? run(spec, nesting - 1) : spec;
    String text = FormatSpec.parse(spec).format(value, in.budget());
    boolean escape = format.markup() && nesting == NESTING;
    return escape && !(value instanceof Str s && s.markup())
        ? Html.escape(text, in.budget())
        : text;
  }

  private static int nameEnd(String field) {
    boolean inIndex = false;
    for (int at = 0; at < field.length(); at++) {
      char c = field.charAt(at);
      if (c == '[') {
        inIndex = true;
      } else if (c == ']') {
        inIndex = false;
      } else if (!inIndex && (c == '!' || c == ':')) {
        return at;
      }
    }
    return field.length();
  }

  private Value converted(Value value, char conversion) {
    return switch (conversion) {
      case 0 -> value;
      case 's' -> Str.of(Repr.str(value, in.budget()));
      case 'r' -> Str.of(Repr.repr(value, in.budget()));
      case 'a' -> Str.of(Repr.ascii(value, in.budget()));
      default -> throw JinjaException.runtime("Unknown conversion specifier '" + conversion + "'");
    };
  }

  private Value lookup(String name) {
    int at = 0;
    while (at < name.length() && name.charAt(at) != '.' && name.charAt(at) != '[') {
      at++;
    }
    Value value = first(name.substring(0, at));
    while (at < name.length()) {
      if (name.charAt(at) == '.') {
        int start = ++at;
        while (at < name.length() && name.charAt(at) != '.' && name.charAt(at) != '[') {
          at++;
        }
        if (at == start) {
          throw JinjaException.runtime("Empty attribute in format string");
        }
        value = Access.attribute(in, value, name.substring(start, at));
      } else {
        int close = name.indexOf(']', at);
        if (name.charAt(at) != '[' || close <= at + 1) {
          throw JinjaException.runtime("malformed index in format string");
        }
        value = Access.item(in, value, key(name.substring(at + 1, close)));
        at = close + 1;
      }
    }
    return value;
  }

  private static Value key(String text) {
    return PythonText.isDigits(text) && text.length() < 10
        ? new Int(new BigInteger(text))
        : Str.of(text);
  }

  private Value first(String name) {
    if (map != null) {
      return found(map instanceof Dict dict ? dict.get(name) : null, name);
    }
    if (!name.isEmpty() && !PythonText.isDigits(name)) {
      return found(args.keywords().get(name), name);
    }
    boolean auto = name.isEmpty();
    if (auto ? numbered : automatic > 0) {
      throw JinjaException.runtime("automatic and manual field numbering cannot be mixed");
    }
    numbered |= !auto;
    int index = auto ? automatic++ : name.length() > 9 ? Integer.MAX_VALUE : Integer.parseInt(name);
    if (index >= args.positional().size()) {
      throw JinjaException.runtime("Replacement index " + index + " out of range");
    }
    return args.positional().get(index);
  }

  private static Value found(Value value, String name) {
    if (value == null) {
      throw JinjaException.runtime("no value '" + name + "' to format");
    }
    return value;
  }
}
