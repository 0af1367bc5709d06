package dev.gatun.models.jinja;

import java.util.ArrayList;
import java.util.List;

/**
 * Splits a template into tokens, with jinja2's white-space control ({@code -}, {@code +}) and its
 * options {@code trim_blocks} and {@code lstrip_blocks} on, as chat templates are rendered.
 */
final class Lexer {
  /** The largest published templates have 30,000 characters. */
  static final int MAX_SOURCE = 1 << 20;

  private final String source;
  private final List<Token> tokens = new ArrayList<>();
  private int position;
  private int line = 1;
  private int counted;

  /** Whether the text at the position starts a line, because what came before ended with one. */
  private boolean atLineStart = true;

  private Lexer(String source) {
    this.source = source;
  }

  static List<Token> tokens(String source) {
    if (source.length() > MAX_SOURCE) {
      throw JinjaException.syntax(
          "the template has " + source.length() + " characters, more than " + MAX_SOURCE, 0);
    }
    Lexer lexer = new Lexer(PythonText.normalizeNewlines(source, true));
    lexer.run();
    return lexer.tokens;
  }

  private void run() {
    while (position < source.length()) {
      int tag = nextTag(position);
      if (tag < 0) {
        add(Token.Kind.DATA, source.substring(position), position);
        position = source.length();
        break;
      }
      char type = source.charAt(tag + 1);
      int rawEnd = type == '%' ? rawTagEnd(tag, "raw", false) : -1;
      char sign = signAt(tag + 2);
      data(position, tag, sign, type == '{');
      if (rawEnd >= 0) {
        atLineStart = source.charAt(rawEnd - 1) == '\n';
        raw(tag, rawEnd);
      } else if (type == '#') {
        comment(tag, sign);
      } else {
        position = tag + 2 + (sign == 0 ? 0 : 1);
        boolean print = type == '{';
        add(print ? Token.Kind.PRINT_BEGIN : Token.Kind.BLOCK_BEGIN, "", tag);
        new TagLexer(print).run();
      }
    }
    tokens.add(new Token(Token.Kind.EOF, "", lineAt(source.length())));
  }

  /** Start of the next tag of any type, or -1. */
  private int nextTag(int from) {
    for (int at = source.indexOf('{', from);
        at >= 0 && at + 1 < source.length();
        at = source.indexOf('{', at + 1)) {
      char type = source.charAt(at + 1);
      if (type == '%' || type == '{' || type == '#') {
        return at;
      }
    }
    return -1;
  }

  private char signAt(int at) {
    char c = at < source.length() ? source.charAt(at) : 0;
    return c == '-' || c == '+' ? c : 0;
  }

  /** Text before a tag, less the white space that the tag's sign or lstrip_blocks removes. */
  private void data(int from, int to, char sign, boolean print) {
    int end = to;
    if (sign == '-') {
      end = from + PythonText.stripEnd(source.substring(from, to));
    } else if (sign != '+' && !print) {
      int start = to;
      while (start > from && source.charAt(start - 1) != '\n') {
        start--;
      }
      if ((start > from || atLineStart) && isSpace(start, to)) {
        end = start;
      }
    }
    if (end > from) {
      add(Token.Kind.DATA, source.substring(from, end), from);
    }
  }

  private boolean isSpace(int from, int to) {
    for (int i = from; i < to; i++) {
      if (!PythonText.isSpace(source.charAt(i))) {
        return false;
      }
    }
    return true;
  }

  private int skipSpace(int from) {
    int at = from;
    while (at < source.length() && PythonText.isSpace(source.charAt(at))) {
      at++;
    }
    return at;
  }

  /**
   * End of the tag {@code {% name %}} that starts at {@code tag}, or -1 if that is another tag. An
   * opening raw tag keeps the newline behind it and takes no {@code +}.
   */
  private int rawTagEnd(int tag, String name, boolean closing) {
    int at = tag + 2 + (signAt(tag + 2) == 0 ? 0 : 1);
    at = skipSpace(at);
    if (!source.startsWith(name, at)) {
      return -1;
    }
    at = skipSpace(at + name.length());
    if (source.startsWith("-%}", at)) {
      return skipSpace(at + 3);
    }
    if (closing && source.startsWith("+%}", at)) {
      return at + 3;
    }
    if (source.startsWith("%}", at)) {
      return closing ? trimNewline(at + 2) : at + 2;
    }
    return -1;
  }

  private int trimNewline(int at) {
    return at < source.length() && source.charAt(at) == '\n' ? at + 1 : at;
  }

  private void raw(int tag, int from) {
    int lineOfTag = lineAt(tag);
    for (int at = source.indexOf("{%", from); at >= 0; at = source.indexOf("{%", at + 1)) {
      int end = rawTagEnd(at, "endraw", true);
      if (end >= 0) {
        data(from, at, signAt(at + 2), false);
        moveTo(end);
        return;
      }
    }
    throw JinjaException.syntax("the raw block is not closed with {% endraw %}", lineOfTag);
  }

  private void comment(int tag, char sign) {
    int close = source.indexOf("#}", tag + 2 + (sign == 0 ? 0 : 1));
    if (close < 0) {
      throw JinjaException.syntax("the comment is not closed with '#}'", lineAt(tag));
    }
    char before = close > tag + 2 + (sign == 0 ? 0 : 1) ? source.charAt(close - 1) : 0;
    if (before == '-') {
      moveTo(skipSpace(close + 2));
    } else if (before == '+') {
      moveTo(close + 2);
    } else {
      moveTo(trimNewline(close + 2));
    }
  }

  private void moveTo(int end) {
    atLineStart = source.charAt(end - 1) == '\n';
    position = end;
  }

  private void add(Token.Kind kind, String text, int at) {
    tokens.add(new Token(kind, text, lineAt(at)));
  }

  /** Line of a place that is not before the last one asked for. */
  private int lineAt(int at) {
    for (; counted < at; counted++) {
      if (source.charAt(counted) == '\n') {
        line++;
      }
    }
    return line;
  }

  /** The inside of one tag. */
  private final class TagLexer {
    private final boolean print;
    private final StringBuilder open = new StringBuilder();

    TagLexer(boolean print) {
      this.print = print;
    }

    void run() {
      while (position < source.length()) {
        if (open.isEmpty() && closed()) {
          return;
        }
        char c = source.charAt(position);
        if (PythonText.isSpace(c)) {
          position++;
        } else if (c >= '0' && c <= '9') {
          number();
        } else if (c == '\'' || c == '"') {
          string(c);
        } else if (c == '_' || Character.isUnicodeIdentifierStart(source.codePointAt(position))) {
          name();
        } else {
          operator();
        }
      }
    }

    private boolean closed() {
      String mark = print ? "}}" : "%}";
      int start = position;
      char sign = signAt(start);
      // A print tag has no "+" form, there it is an operator.
      int at = sign == '-' || (sign == '+' && !print) ? start + 1 : start;
      if (!source.startsWith(mark, at)) {
        return false;
      }
      add(print ? Token.Kind.PRINT_END : Token.Kind.BLOCK_END, "", start);
      int end = at + 2;
      if (at > start && sign == '-') {
        end = skipSpace(end);
      } else if (at == start && !print) {
        end = trimNewline(end);
      }
      moveTo(end);
      return true;
    }

    private void number() {
      int start = position;
      int end = NumberScanner.floatEnd(source, start);
      Token.Kind kind = Token.Kind.FLOAT;
      if (end < 0) {
        end = NumberScanner.integerEnd(source, start);
        kind = Token.Kind.INTEGER;
      }
      add(kind, source.substring(start, end), start);
      position = end;
    }

    private void name() {
      int start = position;
      while (position < source.length()) {
        int c = source.codePointAt(position);
        if (!Character.isUnicodeIdentifierPart(c) || Character.isIdentifierIgnorable(c)) {
          break;
        }
        position += Character.charCount(c);
      }
      add(Token.Kind.NAME, source.substring(start, position), start);
    }

    private void string(char quote) {
      int start = position;
      int at = start + 1;
      while (at < source.length() && source.charAt(at) != quote) {
        at += source.charAt(at) == '\\' ? 2 : 1;
      }
      if (at >= source.length()) {
        throw JinjaException.syntax("the string is not closed", lineAt(start));
      }
      int lineOfString = lineAt(start);
      String text = StringEscapes.decode(source.substring(start + 1, at), lineOfString);
      tokens.add(new Token(Token.Kind.STRING, text, lineOfString));
      position = at + 1;
    }

    private void operator() {
      int start = position;
      char c = source.charAt(start);
      String two = start + 1 < source.length() ? source.substring(start, start + 2) : "";
      String text =
          switch (two) {
            case "**", "//", "==", "!=", ">=", "<=" -> two;
            default -> String.valueOf(c);
          };
      if (text.length() == 1 && "+-/*%~[](){}><=.:|,;".indexOf(c) < 0) {
        throw JinjaException.syntax("unexpected character '" + c + "'", lineAt(start));
      }
      balance(c, start);
      add(Token.Kind.OPERATOR, text, start);
      position = start + text.length();
    }

    /** While a bracket is open, the tag's closing mark is only operators. */
    private void balance(char c, int at) {
      switch (c) {
        case '(' -> open.append(')');
        case '[' -> open.append(']');
        case '{' -> open.append('}');
        case ')', ']', '}' -> {
          int last = open.length() - 1;
          if (last < 0 || open.charAt(last) != c) {
            throw JinjaException.syntax(
                "unexpected '"
                    + c
                    + "'"
                    + (last < 0 ? "" : ", expected '" + open.charAt(last) + "'"),
                lineAt(at));
          }
          open.setLength(last);
        }
        default -> {
          // not a bracket
        }
      }
    }
  }
}
