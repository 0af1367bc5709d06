package dev.gatun.models.jinja;

/**
 * A lexical token.
 *
 * @param text of data and strings the decoded text, of names, numbers and operators the source
 * @param line line of the template, from 1
 */
record Token(Kind kind, String text, int line) {
  enum Kind {
    DATA,
    PRINT_BEGIN,
    PRINT_END,
    BLOCK_BEGIN,
    BLOCK_END,
    NAME,
    STRING,
    INTEGER,
    FLOAT,
    OPERATOR,
    EOF
  }

  boolean is(Kind wanted, String value) {
    return kind == wanted && text.equals(value);
  }

  boolean isName(String value) {
    return is(Kind.NAME, value);
  }

  boolean isOperator(String value) {
    return is(Kind.OPERATOR, value);
  }

  /** For messages. */
  String describe() {
    return switch (kind) {
      case DATA -> "text";
      case PRINT_BEGIN -> "'{{'";
      case PRINT_END -> "'}}'";
      case BLOCK_BEGIN -> "'{%'";
      case BLOCK_END -> "'%}'";
      case EOF -> "the end of the template";
      case STRING -> "a string";
      case NAME, INTEGER, FLOAT, OPERATOR -> "'" + text + "'";
    };
  }
}
