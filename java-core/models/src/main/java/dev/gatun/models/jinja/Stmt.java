package dev.gatun.models.jinja;

import java.util.List;

/** A statement. Nodes are immutable and shared by all renderings. */
sealed interface Stmt
    permits Stmt.Text,
        Stmt.Print,
        Stmt.Assign,
        Stmt.AssignBlock,
        Stmt.If,
        Stmt.With,
        Stmt.FilterBlock,
        Stmt.Block,
        Stmt.DefineMacro,
        Stmt.CallBlock,
        Stmt.Jump,
        For {
  /** How a statement ended. */
  enum Flow {
    NEXT,
    BREAK,
    CONTINUE
  }

  Flow exec(Interpreter in);

  /** Executes in order, until one breaks or continues a loop. */
  static Flow all(Interpreter in, List<Stmt> body) {
    in.budget().enter();
    Flow flow = Flow.NEXT;
    for (int i = 0; i < body.size() && flow == Flow.NEXT; i++) {
      flow = body.get(i).exec(in);
    }
    in.budget().leave();
    return flow;
  }

  /** Executes in another scope. */
  private static Flow in(Scope scope, Interpreter in, Frame frame) {
    Scope outer = in.swapScope(scope);
    Flow flow = frame.exec(in);
    in.swapScope(outer);
    return flow;
  }

  record Text(String text) implements Stmt {
    @Override
    public Flow exec(Interpreter in) {
      in.write(text);
      return Flow.NEXT;
    }
  }

  record Print(Expr value, int line) implements Stmt {
    @Override
    public Flow exec(Interpreter in) {
      in.line(line);
      in.budget().step();
      in.write(Repr.str(value.eval(in), in.budget()));
      return Flow.NEXT;
    }
  }

  record Assign(Target target, Expr value, int line) implements Stmt {
    @Override
    public Flow exec(Interpreter in) {
      in.line(line);
      in.budget().step();
      target.assign(in, in.scope(), value.eval(in));
      return Flow.NEXT;
    }
  }

  /** {@code {% set x %}…{% endset %}}. */
  record AssignBlock(Target target, List<FilterCall> filters, Frame body, int line)
      implements Stmt {
    @Override
    public Flow exec(Interpreter in) {
      in.line(line);
      StringBuilder captured = new StringBuilder();
      Scope outer = in.swapScope(body.scope(in.scope()));
      StringBuilder output = in.swapOutput(captured);
      Flow flow = body.exec(in);
      in.swapOutput(output);
      if (flow == Flow.NEXT) {
        Value value = filtered(in, filters, captured);
        in.swapScope(outer);
        target.assign(in, outer, value);
      } else {
        in.swapScope(outer);
      }
      return flow;
    }
  }

  private static Value filtered(Interpreter in, List<FilterCall> filters, StringBuilder text) {
    Value value = Str.of(text.toString());
    for (FilterCall filter : filters) {
      value = filter.apply(in, value);
    }
    return value;
  }

  record Branch(Expr test, List<Stmt> body) {}

  record If(List<Branch> branches, List<Stmt> otherwise, int line) implements Stmt {
    @Override
    public Flow exec(Interpreter in) {
      in.line(line);
      in.budget().step();
      for (Branch branch : branches) {
        if (Truth.of(branch.test().eval(in))) {
          return all(in, branch.body());
        }
      }
      return all(in, otherwise);
    }
  }

  record Binding(Target target, Expr value) {}

  record With(List<Binding> bindings, Frame body, int line) implements Stmt {
    @Override
    public Flow exec(Interpreter in) {
      in.line(line);
      in.budget().step();
      Scope scope = body.scope(in.scope());
      for (Binding binding : bindings) {
        binding.target().assign(in, scope, binding.value().eval(in));
      }
      return in(scope, in, body);
    }
  }

  record FilterBlock(List<FilterCall> filters, Frame body, int line) implements Stmt {
    @Override
    public Flow exec(Interpreter in) {
      in.line(line);
      in.budget().step();
      Scope outer = in.swapScope(body.scope(in.scope()));
      StringBuilder captured = new StringBuilder();
      StringBuilder output = in.swapOutput(captured);
      Flow flow = body.exec(in);
      in.swapOutput(output);
      if (flow == Flow.NEXT) {
        in.write(Repr.str(filtered(in, filters, captured), in.budget()));
      }
      in.swapScope(outer);
      return flow;
    }
  }

  /** A block of a template that nothing extends: it is rendered where it stands. */
  record Block(boolean scoped, Frame body, int line) implements Stmt {
    @Override
    public Flow exec(Interpreter in) {
      in.line(line);
      in.budget().step();
      return in(body.scope(scoped ? in.scope() : Scope.ofExported(in.root())), in, body);
    }
  }

  record DefineMacro(MacroDefinition macro, int line) implements Stmt {
    @Override
    public Flow exec(Interpreter in) {
      in.budget().step();
      in.scope().set(macro.name(), new Macro(macro, in.scope()));
      return Flow.NEXT;
    }
  }

  record CallBlock(MacroDefinition caller, Expr.Call call, int line) implements Stmt {
    @Override
    public Flow exec(Interpreter in) {
      in.line(line);
      in.write(Repr.str(call.call(in, new Macro(caller, in.scope())), in.budget()));
      return Flow.NEXT;
    }
  }

  /** {@code {% break %}} and {@code {% continue %}}. */
  record Jump(Flow flow) implements Stmt {
    @Override
    public Flow exec(Interpreter in) {
      return flow;
    }
  }
}
