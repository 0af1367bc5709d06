package dev.gatun.models.jinja;

/** The methods of {@code str} that answer what it consists of. */
final class TextPredicates {
  private TextPredicates() {}

  static boolean exists(String name) {
    return switch (name) {
      case "isalnum",
          "isalpha",
          "isascii",
          "isdecimal",
          "isdigit",
          "isidentifier",
          "islower",
          "isnumeric",
          "isprintable",
          "isspace",
          "istitle",
          "isupper" ->
          true;
      default -> false;
    };
  }

  static boolean test(String name, String s) {
    return switch (name) {
      case "islower", "isupper" -> isCase(s, name.equals("isupper"));
      case "istitle" -> isTitle(s);
      case "isidentifier" -> isIdentifier(s);
      case "isascii", "isprintable" -> all(name, s);
      default -> !s.isEmpty() && all(name, s);
    };
  }

  private static boolean all(String name, String s) {
    for (int i = 0; i < s.length(); ) {
      int c = s.codePointAt(i);
      i += Character.charCount(c);
      if (!test(name, c)) {
        return false;
      }
    }
    return true;
  }

  private static boolean test(String name, int c) {
    return switch (name) {
      case "isascii" -> c < 0x80;
      case "isalpha" -> Character.isLetter(c);
      case "isalnum" -> Character.isLetter(c) || isNumeric(c);
      case "isdecimal" -> Character.getType(c) == Character.DECIMAL_DIGIT_NUMBER;
      case "isdigit" -> isDigit(c);
      case "isnumeric" -> isNumeric(c);
      case "isprintable" -> PythonText.isPrintable(c);
      default -> PythonText.isSpace(c);
    };
  }

  /** Decimal digits, and superscript, subscript and circled ones. */
  private static boolean isDigit(int c) {
    if (Character.getType(c) == Character.DECIMAL_DIGIT_NUMBER) {
      return true;
    }
    return Character.getType(c) == Character.OTHER_NUMBER
        && (c == 0xb2
            || c == 0xb3
            || c == 0xb9
            || (c >= 0x2070 && c <= 0x2089)
            || (c >= 0x2460 && c <= 0x2468)
            || (c >= 0x2474 && c <= 0x247c)
            || (c >= 0x2488 && c <= 0x2490));
  }

  private static boolean isNumeric(int c) {
    return switch (Character.getType(c)) {
      case Character.DECIMAL_DIGIT_NUMBER, Character.LETTER_NUMBER, Character.OTHER_NUMBER -> true;
      default -> false;
    };
  }

  static boolean isCase(String s, boolean upper) {
    boolean cased = false;
    for (int i = 0; i < s.length(); ) {
      int c = s.codePointAt(i);
      i += Character.charCount(c);
      if (TextCase.isCased(c)) {
        cased = true;
        if (upper ? !Character.isUpperCase(c) : !Character.isLowerCase(c)) {
          return false;
        }
      }
    }
    return cased;
  }

  private static boolean isTitle(String s) {
    boolean cased = false;
    boolean inWord = false;
    for (int i = 0; i < s.length(); ) {
      int c = s.codePointAt(i);
      i += Character.charCount(c);
      boolean lower = Character.isLowerCase(c);
      boolean upper = Character.isUpperCase(c) || Character.isTitleCase(c);
      if ((upper && inWord) || (lower && !inWord)) {
        return false;
      }
      inWord = lower || upper;
      cased |= inWord;
    }
    return cased;
  }

  private static boolean isIdentifier(String s) {
    for (int i = 0; i < s.length(); ) {
      int c = s.codePointAt(i);
      boolean fits =
          i == 0
              ? c == '_' || Character.isUnicodeIdentifierStart(c)
              : Character.isUnicodeIdentifierPart(c) && !Character.isIdentifierIgnorable(c);
      if (!fits) {
        return false;
      }
      i += Character.charCount(c);
    }
    return !s.isEmpty();
  }
}
