package dev.gatun.models.jinja;

import java.util.ArrayList;
import java.util.List;

/** The methods of {@code str}. Places and lengths count code points. */
final class TextMethods {
  private TextMethods() {}

  static boolean exists(String name) {
    return switch (name) {
      case "capitalize",
          "casefold",
          "center",
          "count",
          "endswith",
          "expandtabs",
          "find",
          "format",
          "format_map",
          "index",
          "join",
          "ljust",
          "lower",
          "lstrip",
          "partition",
          "removeprefix",
          "removesuffix",
          "replace",
          "rfind",
          "rindex",
          "rjust",
          "rpartition",
          "rsplit",
          "rstrip",
          "split",
          "splitlines",
          "startswith",
          "strip",
          "swapcase",
          "title",
          "upper",
          "zfill" ->
          true;
      default -> TextPredicates.exists(name);
    };
  }

  static Value call(Interpreter in, Str self, String name, Arguments args) {
    Budget budget = in.budget();
    budget.steps(1 + self.text().length() / 16);
    String s = self.text();
    return switch (name) {
      case "strip", "lstrip", "rstrip" -> strip(self, name, args, budget);
      case "split", "rsplit" -> TextSplitting.split(self, name.equals("rsplit"), args, budget);
      case "splitlines" -> TextSplitting.lines(self, args, budget);
      case "partition", "rpartition" -> TextSplitting.partition(self, name, args, budget);
      case "startswith", "endswith" -> Bool.of(affix(s, name, args, budget));
      case "find", "index", "rfind", "rindex" -> find(s, name, args, budget);
      case "count" -> count(s, args, budget);
      case "replace" -> replace(self, args, budget);
      case "join" -> join(self, args.bindPositional(name, 1, 1)[0], budget);
      case "format" -> BraceFormat.format(in, self, args);
      case "format_map" -> {
        Value map = args.bindPositional(name, 1, 1)[0];
        yield BraceFormat.formatMap(in, self, map);
      }
      case "removeprefix", "removesuffix" -> withoutAffix(self, name, args);
      case "center", "ljust", "rjust" -> pad(self, name, args, budget);
      case "zfill" -> zeroFill(self, args, budget);
      case "expandtabs" -> expandTabs(self, args, budget);
      default -> {
        args.bindPositional(name, 0, 0);
        if (TextPredicates.exists(name)) {
          yield Bool.of(TextPredicates.test(name, s));
        }
        budget.chars(s.length());
        yield self.with(TextCase.convert(name, s));
      }
    };
  }

  /** A start or end argument, counted from the end when negative, within 0..size. */
  static int bound(Value[] args, int position, int size, int unset) {
    if (position >= args.length || args[position] == null || args[position] == None.NONE) {
      return unset;
    }
    int at = new Int(Arithmetic.integer(args[position])).clamped();
    return at < 0 ? Math.max(0, at + size) : at;
  }

  private static String text(Value value, String method) {
    if (value instanceof Str s) {
      return s.text();
    }
    throw JinjaException.runtime(method + "() takes a string here, not '" + value.typeName() + "'");
  }

  private static Value strip(Str self, String name, Arguments args, Budget budget) {
    Value characters = args.bindPositional(name, 0, 1)[0];
    String set = characters == null || characters == None.NONE ? null : text(characters, name);
    String s = self.text();
    budget.search(s.length(), set == null ? 0 : set.length());
    int end = name.equals("lstrip") ? s.length() : PythonText.stripEnd(s, set);
    int start = name.equals("rstrip") ? 0 : PythonText.stripStart(s, set);
    return self.with(start >= end ? "" : s.substring(start, end));
  }

  private static boolean affix(String s, String name, Arguments args, Budget budget) {
    Value[] bound = args.bindPositional(name, 1, 3);
    int size = PythonText.length(s);
    int from = bound(bound, 1, size, 0);
    int to = Math.min(bound(bound, 2, size, size), size);
    if (from > to) {
      return false;
    }
    int begin = PythonText.offset(s, 0, from);
    String part = s.substring(begin, PythonText.offset(s, begin, to - from));
    List<Value> candidates =
        bound[0] instanceof TupleValue tuple ? tuple.items() : List.of(bound[0]);
    for (Value candidate : candidates) {
      String affix = text(candidate, name);
      budget.steps(1 + affix.length() / 64);
      if (name.equals("startswith") ? part.startsWith(affix) : part.endsWith(affix)) {
        return true;
      }
    }
    return false;
  }

  private static Value find(String s, String name, Arguments args, Budget budget) {
    Value[] bound = args.bindPositional(name, 1, 3);
    String part = text(bound[0], name);
    budget.search(s.length(), part.length());
    int size = PythonText.length(s);
    int from = bound(bound, 1, size, 0);
    int to = Math.min(bound(bound, 2, size, size), size);
    int found = -1;
    if (from <= to) {
      int begin = PythonText.offset(s, 0, from);
      String window = s.substring(begin, PythonText.offset(s, begin, to - from));
      int at = name.startsWith("r") ? window.lastIndexOf(part) : window.indexOf(part);
      found = at < 0 ? -1 : from + window.codePointCount(0, at);
    }
    if (found < 0 && name.endsWith("index")) {
      throw JinjaException.runtime("substring not found");
    }
    return Int.of(found);
  }

  private static Value count(String s, Arguments args, Budget budget) {
    Value[] bound = args.bindPositional("count", 1, 3);
    String part = text(bound[0], "count");
    budget.search(s.length(), part.length());
    int size = PythonText.length(s);
    int from = bound(bound, 1, size, 0);
    int to = Math.min(bound(bound, 2, size, size), size);
    if (from > to) {
      return Int.of(0);
    }
    if (part.isEmpty()) {
      return Int.of(to - from + 1L);
    }
    int begin = PythonText.offset(s, 0, from);
    String window = s.substring(begin, PythonText.offset(s, begin, to - from));
    int count = 0;
    int at = window.indexOf(part);
    while (at >= 0) {
      count++;
      at = window.indexOf(part, at + part.length());
    }
    return Int.of(count);
  }

  private static Value replace(Str self, Arguments args, Budget budget) {
    Value[] bound = args.bindPositional("replace", 2, 3);
    int most = bound[2] == null ? -1 : new Int(Arithmetic.integer(bound[2])).clamped();
    text(bound[1], "replace");
    Str replacement = (Str) bound[1];
    String with = self.markup() ? Html.escaped(replacement, budget) : replacement.text();
    return self.with(replace(self.text(), text(bound[0], "replace"), with, most, budget));
  }

  /** Replaces up to {@code most} occurrences, all if negative. */
  static String replace(String s, String part, String with, int most, Budget budget) {
    budget.search(s.length(), part.length());
    StringBuilder out = new StringBuilder();
    int from = 0;
    int left = most < 0 ? Integer.MAX_VALUE : most;
    if (part.isEmpty()) {
      // Python puts the text before every character and at the end.
      while (left-- > 0) {
        budget.chars(with.length());
        out.append(with);
        if (from == s.length()) {
          break;
        }
        int next = s.offsetByCodePoints(from, 1);
        out.append(s, from, next);
        from = next;
      }
    } else {
      for (int at = s.indexOf(part); at >= 0 && left-- > 0; at = s.indexOf(part, from)) {
        budget.chars(with.length());
        out.append(s, from, at).append(with);
        from = at + part.length();
      }
    }
    if (from == 0 && out.isEmpty()) {
      return s;
    }
    budget.chars(s.length());
    return out.append(s, from, s.length()).toString();
  }

  private static Value join(Str self, Value items, Budget budget) {
    StringBuilder out = new StringBuilder();
    boolean more = false;
    for (Value item : Iteration.list(budget, items)) {
      if (!(item instanceof Str part)) {
        throw JinjaException.runtime("join() takes strings only, found '" + item.typeName() + "'");
      }
      String text = self.markup() ? Html.escaped(part, budget) : part.text();
      budget.chars((long) self.text().length() + text.length());
      if (more) {
        out.append(self.text());
      }
      out.append(text);
      more = true;
    }
    return self.with(out.toString());
  }

  private static Value withoutAffix(Str self, String name, Arguments args) {
    String affix = text(args.bindPositional(name, 1, 1)[0], name);
    String s = self.text();
    if (name.equals("removeprefix")) {
      return s.startsWith(affix) ? self.with(s.substring(affix.length())) : self;
    }
    return s.endsWith(affix) ? self.with(s.substring(0, s.length() - affix.length())) : self;
  }

  private static Value pad(Str self, String name, Arguments args, Budget budget) {
    Value[] bound = args.bindPositional(name, 1, 2);
    String fill = bound[1] == null ? " " : text(bound[1], name);
    if (PythonText.length(fill) != 1) {
      throw JinjaException.runtime("the fill character must be exactly one character long");
    }
    int width = new Int(Arithmetic.integer(bound[0])).clamped();
    return self.with(pad(self.text(), name, width, fill, budget));
  }

  static String pad(String s, String how, int width, String fill, Budget budget) {
    int missing = width - PythonText.length(s);
    if (missing <= 0) {
      return s;
    }
    budget.chars((long) missing * fill.length() + s.length());
    int left =
        switch (how) {
          case "ljust" -> 0;
          case "rjust" -> missing;
          // Python puts the odd space on the left if the width is odd.
          default -> missing / 2 + (missing & width & 1);
        };
    return fill.repeat(left) + s + fill.repeat(missing - left);
  }

  private static Value zeroFill(Str self, Arguments args, Budget budget) {
    Value width = args.bindPositional("zfill", 1, 1)[0];
    String s = self.text();
    int missing = new Int(Arithmetic.integer(width)).clamped() - PythonText.length(s);
    if (missing <= 0) {
      return self;
    }
    budget.chars((long) missing + s.length());
    boolean signed = s.startsWith("+") || s.startsWith("-");
    String zeros = "0".repeat(missing);
    return self.with(signed ? s.charAt(0) + zeros + s.substring(1) : zeros + s);
  }

  private static Value expandTabs(Str self, Arguments args, Budget budget) {
    Value size = args.bind("expandtabs", 0, "tabsize")[0];
    int width = size == null ? 8 : new Int(Arithmetic.integer(size)).clamped();
    StringBuilder out = new StringBuilder();
    int column = 0;
    for (int c : self.text().codePoints().toArray()) {
      if (c == '\t') {
        int spaces = width <= 0 ? 0 : width - column % width;
        budget.chars(spaces);
        out.repeat(' ', spaces);
        column += spaces;
      } else {
        out.appendCodePoint(c);
        column = c == '\n' || c == '\r' ? 0 : column + 1;
      }
    }
    budget.chars(out.length());
    return self.with(out.toString());
  }

  static List<Value> texts(Str like, List<String> parts) {
    List<Value> values = new ArrayList<>(parts.size());
    for (String part : parts) {
      values.add(like.with(part));
    }
    return values;
  }
}
