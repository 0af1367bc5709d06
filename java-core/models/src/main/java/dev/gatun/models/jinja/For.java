package dev.gatun.models.jinja;

import java.util.Iterator;
import java.util.NoSuchElementException;

/**
 * A loop.
 *
 * @param filter the condition behind {@code if}, or null
 * @param recursive whether {@code loop(…)} may be called
 */
record For(
    Target target,
    Expr iterable,
    Expr filter,
    boolean recursive,
    Frame body,
    Frame otherwise,
    int line)
    implements Stmt {

  @Override
  public Flow exec(Interpreter in) {
    in.line(line);
    in.budget().step();
    Value sequence = iterable.eval(in);
    if (recursive) {
      in.write(capture(in, in.scope(), sequence, 0));
      return Flow.NEXT;
    }
    return run(in, in.scope(), sequence, 0);
  }

  /** Runs the loop and returns what it printed. */
  String capture(Interpreter in, Scope outer, Value sequence, int depth) {
    StringBuilder text = new StringBuilder();
    StringBuilder output = in.swapOutput(text);
    run(in, outer, sequence, depth);
    in.swapOutput(output);
    return text.toString();
  }

  private Flow run(Interpreter in, Scope outer, Value sequence, int depth) {
    Value source = sequence;
    if (filter != null) {
      source = new Generator(new Filtered(in, outer, Iteration.of(in.budget(), sequence)));
    }
    Loop loop = new Loop(this, outer, source, in.budget(), depth);
    Scope current = in.swapScope(outer);
    boolean completed = false;
    while (loop.advance()) {
      in.budget().step();
      Scope scope = body.scope(outer);
      in.swapScope(scope);
      target.assign(in, scope, loop.current());
      scope.set("loop", loop);
      Flow flow = body.exec(in);
      if (flow == Flow.BREAK) {
        break;
      }
      // As in jinja2, an iteration that was left with "continue" does not count here.
      completed |= flow == Flow.NEXT;
    }
    Flow flow = Flow.NEXT;
    if (!completed && !otherwise.isEmpty()) {
      in.swapScope(otherwise.scope(outer));
      flow = otherwise.exec(in);
    }
    in.swapScope(current);
    return flow;
  }

  /** The elements that fulfil the loop's condition. */
  private final class Filtered implements Iterator<Value> {
    private final Interpreter in;
    private final Scope outer;
    private final Iterator<Value> source;
    private Value ahead;

    Filtered(Interpreter in, Scope outer, Iterator<Value> source) {
      this.in = in;
      this.outer = outer;
      this.source = source;
    }

    @Override
    public boolean hasNext() {
      while (ahead == null && source.hasNext()) {
        in.budget().step();
        Value candidate = source.next();
        Scope scope = new Scope(outer);
        target.assign(in, scope, candidate);
        Scope current = in.swapScope(scope);
        if (Truth.of(filter.eval(in))) {
          ahead = candidate;
        }
        in.swapScope(current);
      }
      return ahead != null;
    }

    @Override
    public Value next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      Value next = ahead;
      ahead = null;
      return next;
    }
  }
}
