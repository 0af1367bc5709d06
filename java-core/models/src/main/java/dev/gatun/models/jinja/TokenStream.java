package dev.gatun.models.jinja;

import java.util.List;

/** The tokens of a template and the place in them. */
final class TokenStream {
  /** Deepest nesting of brackets and blocks in a source; published templates stay below 20. */
  private static final int MAX_NESTING = 100;

  private final List<Token> tokens;
  private int position;
  private int nesting;

  TokenStream(List<Token> tokens) {
    this.tokens = tokens;
  }

  Token current() {
    return tokens.get(position);
  }

  Token peek() {
    return tokens.get(Math.min(position + 1, tokens.size() - 1));
  }

  Token next() {
    Token token = current();
    if (token.kind() != Token.Kind.EOF) {
      position++;
    }
    return token;
  }

  boolean skipName(String name) {
    return skip(Token.Kind.NAME, name);
  }

  boolean skipOperator(String operator) {
    return skip(Token.Kind.OPERATOR, operator);
  }

  private boolean skip(Token.Kind kind, String text) {
    if (current().is(kind, text)) {
      position++;
      return true;
    }
    return false;
  }

  boolean at(Token.Kind kind) {
    return current().kind() == kind;
  }

  boolean atOperator(String operator) {
    return current().isOperator(operator);
  }

  /** Where a tuple without closing bracket of its own ends. */
  boolean atTupleEnd() {
    return at(Token.Kind.PRINT_END) || at(Token.Kind.BLOCK_END) || atOperator(")");
  }

  Token expect(Token.Kind kind) {
    if (!at(kind)) {
      throw unexpected(kind == Token.Kind.NAME ? "a name" : new Token(kind, "", 0).describe());
    }
    return next();
  }

  void expectOperator(String operator) {
    if (!skipOperator(operator)) {
      throw unexpected("'" + operator + "'");
    }
  }

  void expectName(String name) {
    if (!skipName(name)) {
      throw unexpected("'" + name + "'");
    }
  }

  JinjaException unexpected(String expected) {
    return fail("expected " + expected + ", found " + current().describe());
  }

  JinjaException fail(String message) {
    return JinjaException.syntax(message, current().line());
  }

  void enter() {
    if (++nesting > MAX_NESTING) {
      throw fail("nested more than " + MAX_NESTING + " levels deep");
    }
  }

  void leave() {
    nesting--;
  }
}
