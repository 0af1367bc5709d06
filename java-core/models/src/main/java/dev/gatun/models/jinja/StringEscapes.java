package dev.gatun.models.jinja;

/** Python's escape sequences in string literals. */
final class StringEscapes {
  private StringEscapes() {}

  static String decode(String text, int line) {
    if (text.indexOf('\\') < 0) {
      return text;
    }
    StringBuilder out = new StringBuilder(text.length());
    int at = 0;
    while (at < text.length()) {
      char c = text.charAt(at++);
      // A backslash always has a follower: the lexer took both.
      if (c != '\\') {
        out.append(c);
        continue;
      }
      char escape = text.charAt(at++);
      switch (escape) {
        case '\n' -> {
          // an escaped newline is no character
        }
        case '\\', '\'', '"' -> out.append(escape);
        case 'n' -> out.append('\n');
        case 't' -> out.append('\t');
        case 'r' -> out.append('\r');
        case 'b' -> out.append('\b');
        case 'f' -> out.append('\f');
        case 'a' -> out.append('\u0007');
        case 'v' -> out.append('\u000b');
        case 'x' -> at = hexadecimal(text, at, 2, out, line);
        case 'u' -> at = hexadecimal(text, at, 4, out, line);
        case 'U' -> at = hexadecimal(text, at, 8, out, line);
        case 'N' -> throw JinjaException.syntax("character names (\\N{…}) are not supported", line);
        default -> {
          if (escape >= '0' && escape <= '7') {
            at = octal(text, at - 1, out);
          } else {
            out.append('\\').append(escape);
          }
        }
      }
    }
    return out.toString();
  }

  private static int hexadecimal(String text, int at, int digits, StringBuilder out, int line) {
    int code = 0;
    for (int i = 0; i < digits; i++) {
      int digit =
          at + i < text.length() && text.charAt(at + i) < 0x80
              ? Character.digit(text.charAt(at + i), 16)
              : -1;
      if (digit < 0 || code > Character.MAX_CODE_POINT >> 4) {
        throw JinjaException.syntax("a \\x, \\u or \\U escape is truncated or too large", line);
      }
      code = code << 4 | digit;
    }
    if (code > Character.MAX_CODE_POINT) {
      throw JinjaException.syntax("illegal Unicode character in a \\U escape", line);
    }
    out.appendCodePoint(code);
    return at + digits;
  }

  private static int octal(String text, int start, StringBuilder out) {
    int code = 0;
    int at = start;
    while (at < text.length() && at < start + 3) {
      int digit = text.charAt(at) - '0';
      if (digit < 0 || digit > 7) {
        break;
      }
      code = code * 8 + digit;
      at++;
    }
    out.appendCodePoint(code);
    return at;
  }
}
