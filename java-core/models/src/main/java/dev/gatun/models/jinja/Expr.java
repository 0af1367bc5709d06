package dev.gatun.models.jinja;

import java.util.ArrayList;
import java.util.List;

/** An expression. Nodes are immutable and shared by all renderings. */
sealed interface Expr {
  Value eval(Interpreter in);

  record Literal(Value value) implements Expr {
    @Override
    public Value eval(Interpreter in) {
      return value;
    }
  }

  record Name(String name) implements Expr {
    @Override
    public Value eval(Interpreter in) {
      in.budget().step();
      Value value = in.scope().find(name);
      return value == null ? Undefined.variable(name) : value;
    }
  }

  record TupleOf(List<Expr> items) implements Expr {
    @Override
    public Value eval(Interpreter in) {
      return new TupleValue(evalAll(in, items));
    }
  }

  record ListOf(List<Expr> items) implements Expr {
    @Override
    public Value eval(Interpreter in) {
      return new ListValue(evalAll(in, items));
    }
  }

  record Pair(Expr key, Expr value) {}

  record DictOf(List<Pair> pairs) implements Expr {
    @Override
    public Value eval(Interpreter in) {
      in.budget().enter();
      Dict dict = new Dict();
      for (Pair pair : pairs) {
        Value key = pair.key().eval(in);
        dict.put(key, pair.value().eval(in), in.budget());
      }
      in.budget().leave();
      return dict;
    }
  }

  /**
   * {@code then if test else otherwise}.
   *
   * @param otherwise null where there is no {@code else}
   */
  record Conditional(Expr test, Expr then, Expr otherwise) implements Expr {
    @Override
    public Value eval(Interpreter in) {
      in.budget().enter();
      Value result;
      if (Truth.of(test.eval(in))) {
        result = then.eval(in);
      } else if (otherwise != null) {
        result = otherwise.eval(in);
      } else {
        result = Undefined.because("an inline if was false and has no else");
      }
      in.budget().leave();
      return result;
    }
  }

  record Or(Expr left, Expr right) implements Expr {
    @Override
    public Value eval(Interpreter in) {
      in.budget().enter();
      Value value = left.eval(in);
      Value result = Truth.of(value) ? value : right.eval(in);
      in.budget().leave();
      return result;
    }
  }

  record And(Expr left, Expr right) implements Expr {
    @Override
    public Value eval(Interpreter in) {
      in.budget().enter();
      Value value = left.eval(in);
      Value result = Truth.of(value) ? right.eval(in) : value;
      in.budget().leave();
      return result;
    }
  }

  record Not(Expr operand) implements Expr {
    @Override
    public Value eval(Interpreter in) {
      return Bool.of(!Truth.of(operand.eval(in)));
    }
  }

  record Operand(Relation relation, Expr value) {}

  /** {@code a < b < c}: each operand is evaluated once, and none after the first false pair. */
  record Comparison(Expr first, List<Operand> rest) implements Expr {
    @Override
    public Value eval(Interpreter in) {
      in.budget().enter();
      Value left = first.eval(in);
      boolean holds = true;
      for (int i = 0; holds && i < rest.size(); i++) {
        Value right = rest.get(i).value().eval(in);
        holds = rest.get(i).relation().test(left, right, in.budget());
        left = right;
      }
      in.budget().leave();
      return Bool.of(holds);
    }
  }

  record Binary(Operator operator, Expr left, Expr right) implements Expr {
    @Override
    public Value eval(Interpreter in) {
      in.budget().enter();
      in.budget().step();
      Value first = left.eval(in);
      Value result = Arithmetic.apply(operator, first, right.eval(in), in.budget());
      in.budget().leave();
      return result;
    }
  }

  /** {@code a ~ b ~ c}. */
  record Concatenation(List<Expr> parts) implements Expr {
    @Override
    public Value eval(Interpreter in) {
      List<Value> values = evalAll(in, parts);
      Str text =
          values.getFirst() instanceof Str first && !first.markup()
              ? first
              : Str.of(Repr.str(values.getFirst(), in.budget()));
      for (Value value : values.subList(1, values.size())) {
        text = text.plus(Repr.str(value, in.budget()), in.budget());
      }
      return text;
    }
  }

  record Sign(boolean minus, Expr operand) implements Expr {
    @Override
    public Value eval(Interpreter in) {
      in.budget().enter();
      Value result = Arithmetic.sign(minus, operand.eval(in));
      in.budget().leave();
      return result;
    }
  }

  record Attribute(Expr target, String name) implements Expr {
    @Override
    public Value eval(Interpreter in) {
      in.budget().enter();
      in.budget().step();
      Value result = Access.attribute(in, target.eval(in), name);
      in.budget().leave();
      return result;
    }
  }

  record Subscript(Expr target, Expr key) implements Expr {
    @Override
    public Value eval(Interpreter in) {
      in.budget().enter();
      in.budget().step();
      Value container = target.eval(in);
      Value result = Access.item(in, container, key.eval(in));
      in.budget().leave();
      return result;
    }
  }

  /** Bounds that are not written are null. */
  record Slice(Expr target, Expr start, Expr stop, Expr step) implements Expr {
    @Override
    public Value eval(Interpreter in) {
      in.budget().enter();
      in.budget().step();
      Value container = target.eval(in);
      Value from = start == null ? None.NONE : start.eval(in);
      Value to = stop == null ? None.NONE : stop.eval(in);
      Value by = step == null ? None.NONE : step.eval(in);
      in.budget().leave();
      return Slicing.slice(container, from, to, by, in.budget());
    }
  }

  record Call(Expr callee, CallArguments arguments) implements Expr {
    @Override
    public Value eval(Interpreter in) {
      return call(in, null);
    }

    /** With the macro of a call block, or null. */
    Value call(Interpreter in, Value caller) {
      in.budget().enter();
      in.budget().step();
      Value function = callee.eval(in);
      Value result =
          switch (function) {
            case Callable callable -> callable.call(in, arguments.evaluate(in, caller));
            case Undefined undefined -> throw undefined.failure();
            default ->
                throw JinjaException.runtime(
                    "'" + function.typeName() + "' object is not callable");
          };
      in.budget().leave();
      return result;
    }
  }

  record Filter(Expr target, FilterCall call) implements Expr {
    @Override
    public Value eval(Interpreter in) {
      in.budget().enter();
      in.budget().step();
      Value result = call.apply(in, target.eval(in));
      in.budget().leave();
      return result;
    }
  }

  record Test(Expr target, String name, CallArguments arguments) implements Expr {
    @Override
    public Value eval(Interpreter in) {
      in.budget().enter();
      in.budget().step();
      Value value = target.eval(in);
      boolean holds = Tests.test(in, name, value, arguments.evaluate(in));
      in.budget().leave();
      return Bool.of(holds);
    }
  }

  private static List<Value> evalAll(Interpreter in, List<Expr> items) {
    in.budget().enter();
    in.budget().steps(items.size());
    List<Value> values = new ArrayList<>(items.size());
    for (Expr item : items) {
      values.add(item.eval(in));
    }
    in.budget().leave();
    return values;
  }
}
