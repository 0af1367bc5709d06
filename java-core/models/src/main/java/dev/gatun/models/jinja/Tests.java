package dev.gatun.models.jinja;

/** The tests behind {@code is}. */
final class Tests {
  private Tests() {}

  static boolean exists(String name) {
    return switch (name) {
      case "odd",
          "even",
          "divisibleby",
          "defined",
          "undefined",
          "filter",
          "test",
          "none",
          "boolean",
          "false",
          "true",
          "integer",
          "float",
          "lower",
          "upper",
          "string",
          "mapping",
          "number",
          "sequence",
          "iterable",
          "callable",
          "sameas",
          "escaped",
          "in" ->
          true;
      default -> relation(name) != null;
    };
  }

  /** The relation that a test such as {@code lessthan} names, or null. */
  private static Relation relation(String name) {
    return switch (name) {
      case "==", "eq", "equalto" -> Relation.EQUAL;
      case "!=", "ne" -> Relation.NOT_EQUAL;
      case ">", "gt", "greaterthan" -> Relation.GREATER;
      case ">=", "ge" -> Relation.GREATER_OR_EQUAL;
      case "<", "lt", "lessthan" -> Relation.LESS;
      case "<=", "le" -> Relation.LESS_OR_EQUAL;
      default -> null;
    };
  }

  static boolean test(Interpreter in, String name, Value value, Arguments args) {
    Relation relation = relation(name);
    if (relation != null) {
      return relation.test(value, args.bindPositional(name, 1, 1)[0], in.budget());
    }
    return switch (name) {
      case "divisibleby" -> {
        Value divisor = args.bind(name, 1, "num")[0];
        yield isZero(Arithmetic.apply(Operator.MODULO, value, divisor, in.budget()));
      }
      case "sameas" -> Equality.same(value, args.bind(name, 1, "other")[0]);
      case "in" -> Containment.contains(args.bind(name, 1, "seq")[0], value, in.budget());
      default -> {
        args.bind(name, 0);
        yield test(in, name, value);
      }
    };
  }

  private static boolean test(Interpreter in, String name, Value value) {
    return switch (name) {
      case "defined" -> !(value instanceof Undefined);
      case "undefined" -> value instanceof Undefined;
      case "none" -> value == None.NONE;
      case "boolean" -> value instanceof Bool;
      case "true" -> value == Bool.TRUE;
      case "false" -> value == Bool.FALSE;
      case "integer" -> value instanceof Int;
      case "float" -> value instanceof Real;
      case "number" -> Arithmetic.isNumber(value);
      case "string" -> value instanceof Str;
      case "mapping" -> value instanceof Dict;
      case "sequence" -> isSequence(value);
      case "iterable" -> Iteration.possible(value);
      case "callable" -> value instanceof Callable || value instanceof Undefined;
      case "escaped" -> value instanceof Str s && s.markup();
      case "odd" -> remainder(in, value) == 1;
      case "even" -> remainder(in, value) == 0;
      case "lower", "upper" -> {
        String text = Repr.str(value, in.budget());
        in.budget().steps(text.length() / 16);
        yield TextPredicates.isCase(text, name.equals("upper"));
      }
      case "filter" -> value instanceof Str s && Filters.exists(s.text());
      case "test" -> value instanceof Str s && exists(s.text());
      default -> throw JinjaException.runtime("there is no test '" + name + "'");
    };
  }

  /** Sized and indexable; a macro's {@code loop} is sized only. */
  private static boolean isSequence(Value value) {
    return switch (value) {
      case Str s -> true;
      case ListValue l -> true;
      case TupleValue t -> true;
      case Dict d -> true;
      case Range r -> true;
      case Undefined u -> true;
      default -> false;
    };
  }

  private static double remainder(Interpreter in, Value value) {
    Value result = Arithmetic.apply(Operator.MODULO, value, Int.of(2), in.budget());
    return Arithmetic.isNumber(result) ? Arithmetic.toDouble(result) : Double.NaN;
  }

  private static boolean isZero(Value value) {
    return Arithmetic.isNumber(value) && !Truth.of(value);
  }
}
