package dev.gatun.graph.op;

import dev.gatun.graph.Dim;
import dev.gatun.graph.Graph;
import java.util.List;

/** What an op's reference gets to work with. */
public interface ReferenceCall {
  /** All inputs; null for an absent one. */
  List<Array> inputs();

  /** The size of an extent in this run. */
  long size(Dim dim);

  /** The stored keys and values of a state. */
  ReferenceState state(String name);

  /** Runs a subgraph of the op. */
  List<Array> run(Graph subgraph, List<Array> inputs);

  /** Input {@code index}, or null when it is absent. */
  default Array input(int index) {
    return index < inputs().size() ? inputs().get(index) : null;
  }
}
