package dev.gatun.models.jinja;

import java.util.ArrayList;
import java.util.List;

/** Properties and parts of text as Python defines them: in code points, with its white space. */
final class PythonText {
  private PythonText() {}

  /** {@code str.isspace} of one character; all of them lie in the basic plane. */
  static boolean isSpace(int c) {
    if (c <= ' ') {
      return c == ' ' || (c >= 0x09 && c <= 0x0d) || (c >= 0x1c && c <= 0x1f);
    }
    return switch (c) {
      case 0x85, 0xa0, 0x1680, 0x2028, 0x2029, 0x202f, 0x205f, 0x3000 -> true;
      default -> c >= 0x2000 && c <= 0x200a;
    };
  }

  /** What {@code str.splitlines} splits at, besides {@code \r\n}. */
  static boolean isLineBreak(int c) {
    return switch (c) {
      case '\n', '\r', 0x0b, 0x0c, 0x1c, 0x1d, 0x1e, 0x85, 0x2028, 0x2029 -> true;
      default -> false;
    };
  }

  static int length(String text) {
    return text.codePointCount(0, text.length());
  }

  /**
   * Index of the character {@code points} code points after {@code from}; the end if there are
   * fewer.
   */
  static int offset(String text, int from, int points) {
    if (points >= text.length() - from) {
      int available = text.codePointCount(from, text.length());
      return points >= available ? text.length() : text.offsetByCodePoints(from, points);
    }
    return text.offsetByCodePoints(from, points);
  }

  /** Order by code points; differs from {@link String#compareTo} beyond the basic plane. */
  static int compare(String left, String right) {
    int common = Math.min(left.length(), right.length());
    for (int i = 0; i < common; i++) {
      char a = left.charAt(i);
      char b = right.charAt(i);
      if (a != b) {
        boolean highA = Character.isSurrogate(a);
        boolean highB = Character.isSurrogate(b);
        return highA == highB ? Integer.compare(a, b) : Boolean.compare(highA, highB);
      }
    }
    return Integer.compare(left.length(), right.length());
  }

  static List<Value> codePoints(Str text) {
    List<Value> points = new ArrayList<>(text.text().length());
    String s = text.text();
    for (int at = 0; at < s.length(); ) {
      int next = s.offsetByCodePoints(at, 1);
      points.add(Str.of(s.substring(at, next)));
      at = next;
    }
    return points;
  }

  /** Universal newlines become {@code \n}; where asked, one newline at the end is dropped. */
  static String normalizeNewlines(String text, boolean dropLast) {
    String result = text;
    if (text.indexOf('\r') >= 0) {
      result = text.replace("\r\n", "\n").replace('\r', '\n');
    }
    return dropLast && result.endsWith("\n") ? result.substring(0, result.length() - 1) : result;
  }

  /** Length without the white space at the end. */
  static int stripEnd(String text) {
    return stripEnd(text, null);
  }

  /** Length without the given characters at the end; null means white space. */
  static int stripEnd(String text, String characters) {
    int end = text.length();
    while (end > 0) {
      int c = text.codePointBefore(end);
      if (!stripped(c, characters)) {
        break;
      }
      end -= Character.charCount(c);
    }
    return end;
  }

  /** Index of the first character that is none of the given ones; null means white space. */
  static int stripStart(String text, String characters) {
    int start = 0;
    while (start < text.length()) {
      int c = text.codePointAt(start);
      if (!stripped(c, characters)) {
        break;
      }
      start += Character.charCount(c);
    }
    return start;
  }

  private static boolean stripped(int c, String characters) {
    return characters == null ? isSpace(c) : characters.indexOf(c) >= 0;
  }

  static String strip(String text, String characters) {
    int end = stripEnd(text, characters);
    int start = stripStart(text, characters);
    return start >= end ? "" : text.substring(start, end);
  }

  /** All parts between the separators, which must not be empty. */
  static List<String> split(String text, String separator) {
    List<String> parts = new ArrayList<>();
    int from = 0;
    for (int at = text.indexOf(separator); at >= 0; at = text.indexOf(separator, from)) {
      parts.add(text.substring(from, at));
      from = at + separator.length();
    }
    parts.add(text.substring(from));
    return parts;
  }

  static List<String> lines(String text, boolean keepEnds) {
    List<String> lines = new ArrayList<>();
    int from = 0;
    for (int i = 0; i < text.length(); i++) {
      if (isLineBreak(text.charAt(i))) {
        int end = i;
        if (text.charAt(i) == '\r' && i + 1 < text.length() && text.charAt(i + 1) == '\n') {
          i++;
        }
        lines.add(text.substring(from, keepEnds ? i + 1 : end));
        from = i + 1;
      }
    }
    if (from < text.length()) {
      lines.add(text.substring(from));
    }
    return lines;
  }

  static boolean isDigits(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) < '0' || text.charAt(i) > '9') {
        return false;
      }
    }
    return !text.isEmpty();
  }

  /** Whether {@code repr} shows a character as it is. */
  static boolean isPrintable(int c) {
    if (c < 0x7f) {
      return c >= ' ';
    }
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.UNASSIGNED,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.SPACE_SEPARATOR ->
          false;
      default -> true;
    };
  }
}
