package dev.gatun.models.jinja;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Argument expressions of a call.
 *
 * @param rest the operand of {@code *}, or null
 * @param keywordRest the operand of {@code **}, or null
 */
record CallArguments(List<Expr> positional, List<Keyword> keywords, Expr rest, Expr keywordRest) {
  static final CallArguments NONE = new CallArguments(List.of(), List.of(), null, null);

  record Keyword(String name, Expr value) {}

  Arguments evaluate(Interpreter in) {
    return evaluate(in, null);
  }

  /** With the macro of a call block as argument {@code caller}, if not null. */
  Arguments evaluate(Interpreter in, Value caller) {
    if (isEmpty() && caller == null) {
      return Arguments.NONE;
    }
    List<Value> values = new ArrayList<>(positional.size());
    for (Expr argument : positional) {
      values.add(argument.eval(in));
    }
    Map<String, Value> named = new LinkedHashMap<>();
    for (Keyword keyword : keywords) {
      put(named, keyword.name(), keyword.value().eval(in));
    }
    if (caller != null) {
      put(named, "caller", caller);
    }
    if (rest != null) {
      values.addAll(Iteration.copy(in.budget(), rest.eval(in)));
    }
    if (keywordRest != null) {
      if (!(keywordRest.eval(in) instanceof Dict dict)) {
        throw JinjaException.runtime("the argument after ** must be a mapping");
      }
      in.budget().steps(8L * dict.size());
      for (Dict.Entry entry : dict.entries()) {
        if (!(entry.key() instanceof Str name)) {
          throw JinjaException.runtime("keywords must be strings");
        }
        put(named, name.text(), entry.value());
      }
    }
    return new Arguments(values, named);
  }

  private boolean isEmpty() {
    return positional.isEmpty() && keywords.isEmpty() && rest == null && keywordRest == null;
  }

  private static void put(Map<String, Value> named, String name, Value value) {
    if (named.put(name, value) != null) {
      throw JinjaException.runtime("multiple values for keyword argument '" + name + "'");
    }
  }
}
