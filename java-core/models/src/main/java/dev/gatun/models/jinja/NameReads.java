package dev.gatun.models.jinja;

import java.util.Collection;
import java.util.List;

/** The variables that an expression reads. */
final class NameReads {
  /** Nesting of an expression, operators in a row included. */
  private static final int MAX_DEPTH = 500;

  private final Collection<String> names;
  private int depth;

  NameReads(Collection<String> names) {
    this.names = names;
  }

  /**
   * Adds the names of an expression, which may be null.
   *
   * @throws JinjaException the expression is nested too deep for any walk through it
   */
  void collect(Expr expression) {
    if (++depth > MAX_DEPTH) {
      throw JinjaException.syntax(
          "an expression is nested more than " + MAX_DEPTH + " levels deep", 0);
    }
    switch (expression) {
      case null -> {}
      case Expr.Literal literal -> {}
      case Expr.Name name -> names.add(name.name());
      case Expr.TupleOf tuple -> collect(tuple.items());
      case Expr.ListOf list -> collect(list.items());
      case Expr.DictOf dict -> {
        for (Expr.Pair pair : dict.pairs()) {
          collect(pair.key());
          collect(pair.value());
        }
      }
      case Expr.Conditional conditional -> {
        collect(conditional.test());
        collect(conditional.then());
        collect(conditional.otherwise());
      }
      case Expr.Or or -> collect(or.left(), or.right());
      case Expr.And and -> collect(and.left(), and.right());
      case Expr.Not not -> collect(not.operand());
      case Expr.Comparison comparison -> {
        collect(comparison.first());
        for (Expr.Operand operand : comparison.rest()) {
          collect(operand.value());
        }
      }
      case Expr.Binary binary -> collect(binary.left(), binary.right());
      case Expr.Concatenation concatenation -> collect(concatenation.parts());
      case Expr.Sign sign -> collect(sign.operand());
      case Expr.Attribute attribute -> collect(attribute.target());
      case Expr.Subscript subscript -> collect(subscript.target(), subscript.key());
      case Expr.Slice slice -> {
        collect(slice.target());
        collect(slice.start());
        collect(slice.stop());
        collect(slice.step());
      }
      case Expr.Call call -> {
        collect(call.callee());
        collect(call.arguments());
      }
      case Expr.Filter filter -> {
        collect(filter.target());
        collect(filter.call().arguments());
      }
      case Expr.Test test -> {
        collect(test.target());
        collect(test.arguments());
      }
    }
    depth--;
  }

  private void collect(Expr left, Expr right) {
    collect(left);
    collect(right);
  }

  private void collect(List<Expr> expressions) {
    for (Expr expression : expressions) {
      collect(expression);
    }
  }

  void collect(CallArguments arguments) {
    collect(arguments.positional());
    for (CallArguments.Keyword keyword : arguments.keywords()) {
      collect(keyword.value());
    }
    collect(arguments.rest());
    collect(arguments.keywordRest());
  }
}
