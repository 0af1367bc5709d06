package dev.gatun.graph.op;

import dev.gatun.graph.Dim;
import dev.gatun.graph.Graph;
import java.util.List;

/**
 * Inputs for an op's reference that another's calls: of fixed extents, without states or bodies.
 */
record Arguments(List<Array> inputs) implements ReferenceCall {
  @Override
  public long size(Dim dim) {
    return dim.max();
  }

  @Override
  public ReferenceState state(String name) {
    throw new IllegalStateException(name);
  }

  @Override
  public List<Array> run(Graph body, List<Array> arguments) {
    throw new IllegalStateException(body.name());
  }
}
