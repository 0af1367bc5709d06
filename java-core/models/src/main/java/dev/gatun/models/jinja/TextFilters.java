package dev.gatun.models.jinja;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Filters that make text. Most take any value and convert it first. */
final class TextFilters {
  private TextFilters() {}

  static boolean exists(String name) {
    return switch (name) {
      case "capitalize",
          "center",
          "e",
          "escape",
          "forceescape",
          "format",
          "indent",
          "lower",
          "replace",
          "safe",
          "string",
          "title",
          "trim",
          "truncate",
          "upper",
          "urlencode",
          "wordcount",
          "xmlattr" ->
          true;
      default -> false;
    };
  }

  static Value apply(Interpreter in, String name, Value value, Arguments args) {
    Budget budget = in.budget();
    Str text = value instanceof Str s ? s : Str.of(Repr.str(value, budget));
    String s = text.text();
    budget.steps(s.length() / 16);
    return switch (name) {
      case "string" -> {
        args.bind(name, 0);
        yield text;
      }
      case "upper", "lower", "capitalize" -> {
        args.bind(name, 0);
        budget.chars(s.length());
        yield text.with(TextCase.convert(name, s));
      }
      case "title" -> {
        args.bind(name, 0);
        budget.chars(s.length());
        yield Str.of(title(s));
      }
      case "trim" -> {
        Value characters = args.bind(name, 0, "chars")[0];
        Value[] positional = characters == null ? new Value[0] : new Value[] {characters};
        yield TextMethods.call(in, text, "strip", Arguments.of(positional));
      }
      case "replace" -> replace(s, args, budget);
      case "safe" -> {
        args.bind(name, 0);
        yield new Str(s, true);
      }
      case "e", "escape" -> {
        args.bind(name, 0);
        yield new Str(Html.escaped(text, budget), true);
      }
      case "forceescape" -> {
        args.bind(name, 0);
        yield new Str(Html.escape(s, budget), true);
      }
      case "indent" -> indent(value, args, budget);
      case "center" -> {
        Value width = args.bind(name, 0, "width")[0];
        int columns = width == null ? 80 : new Int(Arithmetic.integer(width)).clamped();
        yield text.with(TextMethods.pad(s, "center", columns, " ", budget));
      }
      case "format" -> format(text, args, budget);
      case "truncate" -> truncate(value, args, budget);
      case "urlencode" -> Str.of(urlEncode(in, value, args));
      case "wordcount" -> {
        args.bind(name, 0);
        yield Int.of(words(s));
      }
      default -> attributes(value, args, budget);
    };
  }

  private static Value replace(String s, Arguments args, Budget budget) {
    Value[] bound = args.bind("replace", 2, "old", "new", "count");
    int most =
        bound[2] == null || bound[2] == None.NONE
            ? -1
            : new Int(Arithmetic.integer(bound[2])).clamped();
    String old = Repr.str(bound[0], budget);
    return Str.of(TextMethods.replace(s, old, Repr.str(bound[1], budget), most, budget));
  }

  /** Words as jinja2 sees them: parted by white space, hyphens and opening brackets. */
  private static String title(String s) {
    StringBuilder out = new StringBuilder(s.length());
    int start = 0;
    boolean gap = true;
    for (int i = 0; i <= s.length(); i++) {
      boolean atGap =
          i < s.length() && (PythonText.isSpace(s.charAt(i)) || "-({[<".indexOf(s.charAt(i)) >= 0);
      if (i == s.length() || atGap != gap) {
        String part = s.substring(start, i);
        out.append(gap ? part : titled(part));
        start = i;
        gap = atGap;
      }
    }
    return out.toString();
  }

  private static String titled(String word) {
    int first = word.offsetByCodePoints(0, 1);
    return TextCase.convert("upper", word.substring(0, first))
        .concat(TextCase.convert("lower", word.substring(first)));
  }

  private static Value indent(Value value, Arguments args, Budget budget) {
    Value[] bound = args.bind("indent", 0, "width", "first", "blank");
    if (!(value instanceof Str text)) {
      throw value instanceof Undefined undefined
          ? undefined.failure()
          : JinjaException.runtime("indent needs a string, not '" + value.typeName() + "'");
    }
    String indent =
        bound[0] instanceof Str s
            ? s.text()
            : " ".repeat(bound[0] == null ? 4 : width(bound[0], budget));
    boolean first = bound[1] != null && Truth.of(bound[1]);
    boolean blank = bound[2] != null && Truth.of(bound[2]);
    List<String> lines = PythonText.lines(text.text() + "\n", false);
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < lines.size(); i++) {
      budget.chars(lines.get(i).length() + indent.length() + 1L);
      if (i > 0) {
        out.append('\n');
      }
      boolean indented = i == 0 ? first : blank || !lines.get(i).isEmpty();
      out.append(indented ? indent : "").append(lines.get(i));
    }
    return text.with(out.toString());
  }

  private static int width(Value value, Budget budget) {
    int width = Math.max(0, new Int(Arithmetic.integer(value)).clamped());
    budget.chars(width);
    return width;
  }

  private static Value format(Str text, Arguments args, Budget budget) {
    if (args.keywords().isEmpty()) {
      return PercentFormat.format(text, new TupleValue(args.positional()), budget);
    }
    if (!args.positional().isEmpty()) {
      throw JinjaException.runtime("format takes positional or keyword arguments, not both");
    }
    Dict dict = new Dict();
    args.keywords().forEach(dict::put);
    return PercentFormat.format(text, dict, budget);
  }

  private static Value truncate(Value value, Arguments args, Budget budget) {
    Value[] bound = args.bind("truncate", 0, "length", "killwords", "end", "leeway");
    int length = bound[0] == null ? 255 : new Int(Arithmetic.integer(bound[0])).clamped();
    String end = bound[2] == null ? "..." : Repr.str(bound[2], budget);
    boolean leewayGiven = bound[3] != null && bound[3] != None.NONE;
    int leeway = leewayGiven ? new Int(Arithmetic.integer(bound[3])).clamped() : 5;
    int endLength = PythonText.length(end);
    if (length < endLength || leeway < 0) {
      throw JinjaException.runtime("truncate: length or leeway is too small");
    }
    int size = Iteration.size(value);
    if (size >= 0 && size <= (long) length + leeway) {
      return value;
    }
    if (!(value instanceof Str text)) {
      throw JinjaException.runtime("truncate needs a string, not '" + value.typeName() + "'");
    }
    String kept = text.text().substring(0, PythonText.offset(text.text(), 0, length - endLength));
    if (bound[1] == null || !Truth.of(bound[1])) {
      int space = kept.lastIndexOf(' ');
      kept = space < 0 ? kept : kept.substring(0, space);
    }
    budget.chars((long) kept.length() + end.length());
    return text.with(kept + end);
  }

  private static int words(String s) {
    int count = 0;
    boolean inWord = false;
    for (int i = 0; i < s.length(); ) {
      int c = s.codePointAt(i);
      i += Character.charCount(c);
      boolean part = c == '_' || TextPredicates.test("isalnum", Character.toString(c));
      count += part && !inWord ? 1 : 0;
      inWord = part;
    }
    return count;
  }

  private static String urlEncode(Interpreter in, Value value, Arguments args) {
    args.bind("urlencode", 0);
    if (value instanceof Str || !Iteration.possible(value)) {
      return quoted(Repr.str(value, in.budget()), false, in.budget());
    }
    Value pairs = value instanceof Dict d ? new DictView(DictView.Kind.ITEMS, d) : value;
    List<String> parts = new ArrayList<>();
    for (Value pair : Iteration.list(in.budget(), pairs)) {
      List<Value> items = Iteration.list(in.budget(), pair);
      if (items.size() != 2) {
        throw JinjaException.runtime("urlencode takes text, a mapping or pairs");
      }
      parts.add(
          quoted(Repr.str(items.get(0), in.budget()), true, in.budget())
              + "="
              + quoted(Repr.str(items.get(1), in.budget()), true, in.budget()));
    }
    return String.join("&", parts);
  }

  private static String quoted(String text, boolean query, Budget budget) {
    budget.chars(text.length() * 9L);
    StringBuilder out = new StringBuilder();
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      char c = (char) (b & 0xff);
      boolean plain =
          (c >= '0' && c <= '9')
              || (c >= 'A' && c <= 'Z')
              || (c >= 'a' && c <= 'z')
              || "_.-~".indexOf(c) >= 0;
      if (plain || (c == '/' && !query)) {
        out.append(c);
      } else if (c == ' ' && query) {
        out.append('+');
      } else {
        out.append('%').append("0123456789ABCDEF".charAt(c >> 4));
        out.append("0123456789ABCDEF".charAt(c & 15));
      }
    }
    return out.toString();
  }

  private static Value attributes(Value value, Arguments args, Budget budget) {
    Value autospace = args.bind("xmlattr", 0, "autospace")[0];
    if (!(value instanceof Dict dict)) {
      throw JinjaException.runtime("xmlattr needs a mapping, not '" + value.typeName() + "'");
    }
    List<String> parts = new ArrayList<>();
    for (Dict.Entry entry : dict.entries()) {
      if (entry.value() == None.NONE || entry.value() instanceof Undefined) {
        continue;
      }
      String key = Repr.str(entry.key(), budget);
      for (int i = 0; i < key.length(); i++) {
        if (" \t\n\r\f\u000b/>=".indexOf(key.charAt(i)) >= 0) {
          throw JinjaException.runtime("Invalid character in attribute name: '" + key + "'");
        }
      }
      parts.add(html(entry.key(), budget) + "=\"" + html(entry.value(), budget) + "\"");
    }
    String joined = String.join(" ", parts);
    boolean space = autospace == null || Truth.of(autospace);
    return Str.of(space && !joined.isEmpty() ? " " + joined : joined);
  }

  private static String html(Value value, Budget budget) {
    return value instanceof Str s
        ? Html.escaped(s, budget)
        : Html.escape(Repr.str(value, budget), budget);
  }
}
