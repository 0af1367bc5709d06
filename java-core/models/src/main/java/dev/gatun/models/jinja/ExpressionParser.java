package dev.gatun.models.jinja;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;

/** Parses expressions, by descent through jinja2's levels of precedence. */
final class ExpressionParser {
  private final TokenStream in;
  private final ParserState state;

  ExpressionParser(TokenStream in, ParserState state) {
    this.in = in;
    this.state = state;
  }

  /** An expression, or a tuple without parentheses. */
  Expr tuple() {
    return tuple(true, false);
  }

  /** Like {@link #tuple()}, but {@code if} ends it. */
  Expr tupleWithoutConditional() {
    return tuple(false, false);
  }

  private Expr tuple(boolean conditional, boolean parenthesized) {
    List<Expr> items = new ArrayList<>();
    boolean comma = false;
    while (true) {
      if (!items.isEmpty()) {
        in.expectOperator(",");
      }
      if (in.atTupleEnd()) {
        break;
      }
      items.add(conditional ? expression() : or());
      if (!in.atOperator(",")) {
        break;
      }
      comma = true;
    }
    if (comma) {
      return new Expr.TupleOf(items);
    }
    if (!items.isEmpty()) {
      return items.getFirst();
    }
    if (!parenthesized) {
      throw in.unexpected("an expression");
    }
    return new Expr.TupleOf(items);
  }

  Expr expression() {
    in.enter();
    int known = state.unknownNames.size();
    Expr result = or();
    while (in.skipName("if")) {
      Expr test = or();
      Expr otherwise = in.skipName("else") ? expression() : null;
      result = new Expr.Conditional(test, result, otherwise);
      state.forgetUnknownNames(known);
    }
    in.leave();
    return result;
  }

  Expr or() {
    Expr left = and();
    while (in.skipName("or")) {
      left = new Expr.Or(left, and());
    }
    return left;
  }

  private Expr and() {
    Expr left = not();
    while (in.skipName("and")) {
      left = new Expr.And(left, not());
    }
    return left;
  }

  private Expr not() {
    int count = 0;
    while (in.skipName("not")) {
      count++;
    }
    Expr result = comparison();
    if (count == 0) {
      return result;
    }
    result = new Expr.Not(result);
    return count % 2 == 1 ? result : new Expr.Not(result);
  }

  private Expr comparison() {
    Expr first = sum();
    List<Expr.Operand> operands = new ArrayList<>();
    while (true) {
      Relation relation = relation();
      if (relation == null) {
        return operands.isEmpty() ? first : new Expr.Comparison(first, operands);
      }
      operands.add(new Expr.Operand(relation, sum()));
    }
  }

  /** The comparison operator here, skipped, or null. */
  private Relation relation() {
    Token token = in.current();
    if (token.kind() == Token.Kind.OPERATOR) {
      Relation found = Relation.of(token.text());
      if (found != null) {
        in.next();
      }
      return found;
    }
    if (in.skipName("in")) {
      return Relation.IN;
    }
    if (token.isName("not") && in.peek().isName("in")) {
      in.next();
      in.next();
      return Relation.NOT_IN;
    }
    return null;
  }

  private Expr sum() {
    Expr left = concatenation();
    while (true) {
      if (in.skipOperator("+")) {
        left = new Expr.Binary(Operator.ADD, left, concatenation());
      } else if (in.skipOperator("-")) {
        left = new Expr.Binary(Operator.SUBTRACT, left, concatenation());
      } else {
        return left;
      }
    }
  }

  private Expr concatenation() {
    Expr first = product();
    if (!in.atOperator("~")) {
      return first;
    }
    List<Expr> parts = new ArrayList<>();
    parts.add(first);
    while (in.skipOperator("~")) {
      parts.add(product());
    }
    return new Expr.Concatenation(parts);
  }

  private Expr product() {
    Expr left = power();
    while (in.at(Token.Kind.OPERATOR)) {
      Operator operator =
          switch (in.current().text()) {
            case "*" -> Operator.MULTIPLY;
            case "/" -> Operator.DIVIDE;
            case "//" -> Operator.FLOOR_DIVIDE;
            case "%" -> Operator.MODULO;
            default -> null;
          };
      if (operator == null) {
        break;
      }
      in.next();
      left = new Expr.Binary(operator, left, power());
    }
    return left;
  }

  private Expr power() {
    Expr left = unary(true);
    while (in.skipOperator("**")) {
      left = new Expr.Binary(Operator.POWER, left, unary(true));
    }
    return left;
  }

  private Expr unary(boolean filters) {
    in.enter();
    Expr result;
    if (in.skipOperator("-")) {
      result = new Expr.Sign(true, unary(false));
    } else if (in.skipOperator("+")) {
      result = new Expr.Sign(false, unary(false));
    } else {
      result = primary();
    }
    result = postfix(result);
    if (filters) {
      result = filtersAndTests(result);
    }
    in.leave();
    return result;
  }

  private Expr primary() {
    Token token = in.next();
    return switch (token.kind()) {
      case NAME -> name(token.text());
      case STRING -> string(token);
      case INTEGER -> new Expr.Literal(integer(token));
      case FLOAT -> new Expr.Literal(new Real(Double.parseDouble(token.text().replace("_", ""))));
      case OPERATOR -> bracketed(token);
      default -> throw unexpected(token);
    };
  }

  private Expr bracketed(Token token) {
    return switch (token.text()) {
      case "(" -> {
        Expr inner = tuple(true, true);
        in.expectOperator(")");
        yield inner;
      }
      case "[" -> list();
      case "{" -> dict();
      default -> throw unexpected(token);
    };
  }

  private static JinjaException unexpected(Token token) {
    return JinjaException.syntax("unexpected " + token.describe(), token.line());
  }

  /** Adjacent literals are one string. */
  private Expr string(Token first) {
    StringBuilder text = new StringBuilder(first.text());
    while (in.at(Token.Kind.STRING)) {
      text.append(in.next().text());
    }
    return new Expr.Literal(Str.of(text.toString()));
  }

  private Expr name(String name) {
    return switch (name) {
      case "true", "True" -> new Expr.Literal(Bool.TRUE);
      case "false", "False" -> new Expr.Literal(Bool.FALSE);
      case "none", "None" -> new Expr.Literal(None.NONE);
      default -> {
        state.mention(name);
        yield new Expr.Name(name);
      }
    };
  }

  private static Int integer(Token token) {
    String digits = token.text().replace("_", "");
    if (digits.length() > 4300) {
      throw JinjaException.syntax("an integer of more than 4300 digits", token.line());
    }
    int radix = digits.length() > 1 ? NumberScanner.radix(digits.charAt(1)) : 0;
    return radix == 0
        ? new Int(new BigInteger(digits))
        : new Int(new BigInteger(digits.substring(2), radix));
  }

  private Expr list() {
    List<Expr> items = new ArrayList<>();
    while (!in.atOperator("]")) {
      if (!items.isEmpty()) {
        in.expectOperator(",");
        if (in.atOperator("]")) {
          break;
        }
      }
      items.add(expression());
    }
    in.expectOperator("]");
    return new Expr.ListOf(items);
  }

  private Expr dict() {
    List<Expr.Pair> pairs = new ArrayList<>();
    while (!in.atOperator("}")) {
      if (!pairs.isEmpty()) {
        in.expectOperator(",");
        if (in.atOperator("}")) {
          break;
        }
      }
      Expr key = expression();
      in.expectOperator(":");
      pairs.add(new Expr.Pair(key, expression()));
    }
    in.expectOperator("}");
    return new Expr.DictOf(pairs);
  }

  private Expr postfix(Expr target) {
    Expr result = target;
    while (true) {
      if (in.skipOperator(".")) {
        Token token = in.next();
        result =
            switch (token.kind()) {
              case NAME -> new Expr.Attribute(result, token.text());
              case INTEGER -> new Expr.Subscript(result, new Expr.Literal(integer(token)));
              default ->
                  throw JinjaException.syntax(
                      "expected a name or number after '.', found " + token.describe(),
                      token.line());
            };
      } else if (in.skipOperator("[")) {
        result = subscript(result);
      } else if (in.atOperator("(")) {
        result = new Expr.Call(result, arguments());
      } else {
        return result;
      }
    }
  }

  private Expr subscript(Expr target) {
    List<Expr> keys = new ArrayList<>();
    while (!in.atOperator("]")) {
      if (!keys.isEmpty()) {
        in.expectOperator(",");
      }
      Expr key = in.atOperator(":") ? null : expression();
      if (in.skipOperator(":")) {
        if (!keys.isEmpty()) {
          throw in.fail("a slice cannot be one of several subscripts");
        }
        Expr slice = slice(target, key);
        in.expectOperator("]");
        return slice;
      }
      keys.add(key);
    }
    in.expectOperator("]");
    return new Expr.Subscript(target, keys.size() == 1 ? keys.getFirst() : new Expr.TupleOf(keys));
  }

  private Expr slice(Expr target, Expr start) {
    Expr stop = in.atOperator(":") || in.atOperator("]") ? null : expression();
    Expr step = in.skipOperator(":") && !in.atOperator("]") ? expression() : null;
    return new Expr.Slice(target, start, stop, step);
  }

  private CallArguments arguments() {
    in.expectOperator("(");
    List<Expr> positional = new ArrayList<>();
    List<CallArguments.Keyword> keywords = new ArrayList<>();
    Expr rest = null;
    Expr keywordRest = null;
    boolean more = false;
    while (!in.atOperator(")")) {
      if (more) {
        in.expectOperator(",");
        if (in.atOperator(")")) {
          break;
        }
      }
      if (in.skipOperator("*")) {
        ordered(rest == null && keywordRest == null);
        rest = expression();
      } else if (in.skipOperator("**")) {
        ordered(keywordRest == null);
        keywordRest = expression();
      } else if (in.at(Token.Kind.NAME) && in.peek().isOperator("=")) {
        ordered(keywordRest == null);
        String name = in.next().text();
        in.next();
        keywords.add(new CallArguments.Keyword(name, expression()));
      } else {
        ordered(rest == null && keywordRest == null && keywords.isEmpty());
        positional.add(expression());
      }
      more = true;
    }
    in.expectOperator(")");
    return new CallArguments(positional, keywords, rest, keywordRest);
  }

  private void ordered(boolean inOrder) {
    if (!inOrder) {
      throw in.fail("the arguments of a call are out of order");
    }
  }

  private Expr filtersAndTests(Expr target) {
    Expr result = target;
    while (true) {
      if (in.skipOperator("|")) {
        result = new Expr.Filter(result, filter());
      } else if (in.skipName("is")) {
        result = test(result);
      } else if (in.atOperator("(")) {
        result = new Expr.Call(result, arguments());
      } else {
        return result;
      }
    }
  }

  /** A filter's name and arguments, behind its {@code |}. */
  FilterCall filter() {
    int line = in.current().line();
    String name = dottedName();
    CallArguments arguments = in.atOperator("(") ? arguments() : CallArguments.NONE;
    if (!Filters.exists(name)) {
      state.unknownName("there is no filter '" + name + "'", line);
    }
    return new FilterCall(name, arguments);
  }

  private String dottedName() {
    StringBuilder name = new StringBuilder(in.expect(Token.Kind.NAME).text());
    while (in.skipOperator(".")) {
      name.append('.').append(in.expect(Token.Kind.NAME).text());
    }
    return name.toString();
  }

  private Expr test(Expr target) {
    boolean negated = in.skipName("not");
    int line = in.current().line();
    String name = dottedName();
    CallArguments arguments = CallArguments.NONE;
    if (in.atOperator("(")) {
      arguments = arguments();
    } else if (atTestArgument()) {
      if (in.current().isName("is")) {
        throw in.fail("tests with 'is' cannot be chained");
      }
      in.enter();
      arguments = new CallArguments(List.of(postfix(primary())), List.of(), null, null);
      in.leave();
    }
    if (!Tests.exists(name)) {
      state.unknownName("there is no test '" + name + "'", line);
    }
    Expr test = new Expr.Test(target, name, arguments);
    return negated ? new Expr.Not(test) : test;
  }

  private boolean atTestArgument() {
    Token token = in.current();
    return switch (token.kind()) {
      case NAME -> !token.isName("else") && !token.isName("or") && !token.isName("and");
      case STRING, INTEGER, FLOAT -> true;
      case OPERATOR -> token.text().equals("[") || token.text().equals("{");
      default -> false;
    };
  }
}
