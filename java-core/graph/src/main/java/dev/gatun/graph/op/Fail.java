package dev.gatun.graph.op;

import dev.gatun.graph.Cost;
import dev.gatun.graph.GraphException;
import dev.gatun.graph.ValueType;
import java.util.List;

/**
 * Stands for what cannot run with the shapes that are known, in a branch that may never be taken;
 * no inputs. Running it fails.
 *
 * @param reason what is wrong
 * @param results types that its place asks for
 */
public record Fail(String reason, List<ValueType> results) implements Op {
  public Fail {
    results = List.copyOf(results);
  }

  @Override
  public String type() {
    return "Fail";
  }

  @Override
  public List<ValueType> infer(List<ValueType> inputs) {
    return results;
  }

  @Override
  public Cost cost(List<TypedShape> inputs, List<TypedShape> outputs) {
    return Cost.NONE;
  }

  /**
   * Fails.
   *
   * @throws GraphException always, with the reason
   */
  @Override
  public List<Array> reference(ReferenceCall call) {
    throw new GraphException("this branch cannot run: " + reason);
  }
}
