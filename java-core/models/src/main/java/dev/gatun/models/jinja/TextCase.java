package dev.gatun.models.jinja;

import java.util.Locale;

/** The methods of {@code str} that change letters' case, with full Unicode mappings. */
final class TextCase {
  private TextCase() {}

  static String convert(String method, String s) {
    return switch (method) {
      case "lower" -> s.toLowerCase(Locale.ROOT);
      case "upper" -> s.toUpperCase(Locale.ROOT);
      // Full case folding differs from this round trip only for a few dozen historic letters.
      case "casefold" -> s.toUpperCase(Locale.ROOT).toLowerCase(Locale.ROOT);
      case "capitalize" -> capitalize(s);
      case "title" -> title(s);
      case "swapcase" -> swap(s);
      default -> throw JinjaException.runtime("str has no method '" + method + "'");
    };
  }

  static String capitalize(String s) {
    if (s.isEmpty()) {
      return s;
    }
    int first = s.offsetByCodePoints(0, 1);
    return titled(s.codePointAt(0)).concat(s.substring(first).toLowerCase(Locale.ROOT));
  }

  private static String titled(int c) {
    int title = Character.toTitleCase(c);
    if (title != c) {
      return Character.toString(title);
    }
    // Without a title case of one character: the first letter of the upper case stays upper.
    String upper = Character.toString(c).toUpperCase(Locale.ROOT);
    int first = 0;
    while (first < upper.length() && !isCased(upper.codePointAt(first))) {
      first = upper.offsetByCodePoints(first, 1);
    }
    int rest = first < upper.length() ? upper.offsetByCodePoints(first, 1) : first;
    return upper.substring(0, rest).concat(upper.substring(rest).toLowerCase(Locale.ROOT));
  }

  private static String title(String s) {
    StringBuilder out = new StringBuilder(s.length());
    boolean inWord = false;
    for (int i = 0; i < s.length(); ) {
      int c = s.codePointAt(i);
      i += Character.charCount(c);
      boolean cased = isCased(c);
      if (!cased) {
        out.appendCodePoint(c);
      } else if (inWord) {
        out.append(Character.toString(c).toLowerCase(Locale.ROOT));
      } else {
        out.append(titled(c));
      }
      inWord = cased;
    }
    return out.toString();
  }

  private static String swap(String s) {
    StringBuilder out = new StringBuilder(s.length());
    for (int i = 0; i < s.length(); ) {
      int c = s.codePointAt(i);
      i += Character.charCount(c);
      String one = Character.toString(c);
      if (Character.isUpperCase(c)) {
        out.append(one.toLowerCase(Locale.ROOT));
      } else if (Character.isLowerCase(c)) {
        out.append(one.toUpperCase(Locale.ROOT));
      } else {
        out.append(one);
      }
    }
    return out.toString();
  }

  static boolean isCased(int c) {
    return Character.isUpperCase(c) || Character.isLowerCase(c) || Character.isTitleCase(c);
  }
}
