package dev.gatun.models.jinja;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** The methods of {@code str} that take it apart. */
final class TextSplitting {
  private TextSplitting() {}

  static Value split(Str self, boolean fromEnd, Arguments args, Budget budget) {
    Value[] bound = args.bind(fromEnd ? "rsplit" : "split", 0, "sep", "maxsplit");
    int most = bound[1] == null ? -1 : new Int(Arithmetic.integer(bound[1])).clamped();
    int limit = most < 0 ? Integer.MAX_VALUE : most;
    List<String> parts;
    if (bound[0] == null || bound[0] == None.NONE) {
      parts = fromEnd ? wordsFromEnd(self.text(), limit) : words(self.text(), limit);
    } else if (!(bound[0] instanceof Str separator)) {
      throw JinjaException.runtime("must be str or None, not " + bound[0].typeName());
    } else if (separator.text().isEmpty()) {
      throw JinjaException.runtime("empty separator");
    } else {
      budget.search(self.text().length(), separator.text().length());
      parts =
          fromEnd
              ? splitFromEnd(self.text(), separator.text(), limit)
              : split(self.text(), separator.text(), limit);
    }
    budget.chars(self.text().length());
    budget.steps(parts.size());
    return new ListValue(TextMethods.texts(self, parts));
  }

  private static List<String> split(String s, String separator, int limit) {
    List<String> parts = new ArrayList<>();
    int from = 0;
    int at = s.indexOf(separator);
    while (at >= 0 && parts.size() < limit) {
      parts.add(s.substring(from, at));
      from = at + separator.length();
      at = s.indexOf(separator, from);
    }
    parts.add(s.substring(from));
    return parts;
  }

  private static List<String> splitFromEnd(String s, String separator, int limit) {
    List<String> parts = new ArrayList<>();
    int to = s.length();
    while (parts.size() < limit) {
      int at = s.lastIndexOf(separator, to - separator.length());
      if (at < 0 || to < separator.length()) {
        break;
      }
      parts.add(s.substring(at + separator.length(), to));
      to = at;
    }
    parts.add(s.substring(0, to));
    Collections.reverse(parts);
    return parts;
  }

  /** Parts between runs of white space; the last one, if there are more, is all that is left. */
  private static List<String> words(String s, int limit) {
    List<String> parts = new ArrayList<>();
    int at = skip(s, 0, true);
    while (at < s.length()) {
      if (parts.size() == limit) {
        parts.add(s.substring(at));
        break;
      }
      int end = skip(s, at, false);
      parts.add(s.substring(at, end));
      at = skip(s, end, true);
    }
    return parts;
  }

  private static int skip(String s, int from, boolean space) {
    int at = from;
    while (at < s.length() && PythonText.isSpace(s.charAt(at)) == space) {
      at++;
    }
    return at;
  }

  private static List<String> wordsFromEnd(String s, int limit) {
    List<String> parts = new ArrayList<>();
    int end = PythonText.stripEnd(s);
    while (end > 0) {
      if (parts.size() == limit) {
        parts.add(s.substring(0, end));
        break;
      }
      int start = end;
      while (start > 0 && !PythonText.isSpace(s.charAt(start - 1))) {
        start--;
      }
      parts.add(s.substring(start, end));
      end = start;
      while (end > 0 && PythonText.isSpace(s.charAt(end - 1))) {
        end--;
      }
    }
    Collections.reverse(parts);
    return parts;
  }

  static Value lines(Str self, Arguments args, Budget budget) {
    Value keep = args.bind("splitlines", 0, "keepends")[0];
    List<String> lines = PythonText.lines(self.text(), keep != null && Truth.of(keep));
    budget.chars(self.text().length());
    budget.steps(lines.size());
    return new ListValue(TextMethods.texts(self, lines));
  }

  static Value partition(Str self, String name, Arguments args, Budget budget) {
    if (!(args.bindPositional(name, 1, 1)[0] instanceof Str separator)) {
      throw JinjaException.runtime(name + "() takes a string");
    }
    String part = separator.text();
    if (part.isEmpty()) {
      throw JinjaException.runtime("empty separator");
    }
    String s = self.text();
    budget.search(s.length(), part.length());
    boolean last = name.equals("rpartition");
    int at = last ? s.lastIndexOf(part) : s.indexOf(part);
    List<String> parts;
    if (at < 0) {
      parts = last ? List.of("", "", s) : List.of(s, "", "");
    } else {
      parts = List.of(s.substring(0, at), part, s.substring(at + part.length()));
    }
    return new TupleValue(TextMethods.texts(self, parts));
  }
}
