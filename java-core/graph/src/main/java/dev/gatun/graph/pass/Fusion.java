package dev.gatun.graph.pass;

import dev.gatun.graph.GraphBuilder;
import dev.gatun.graph.Node;
import dev.gatun.graph.Value;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** A group of nodes that one op, or fewer, can stand for. */
interface Fusion {
  /**
   * What stands for {@code last}, the node that ends the group; empty when the group is another.
   * The nodes before it fall away with dead code, unless somebody else reads them.
   */
  Optional<Replacement> match(Node last, Pattern pattern);

  /** Adds nodes to the new graph. */
  @FunctionalInterface
  interface Replacement {
    /**
     * Builds what stands for the group.
     *
     * @param copied the new graph's value for one of the old graph
     * @return the value of the same type that stands for the old node's output, named {@code name}
     */
    Value build(GraphBuilder builder, String name, UnaryOperator<Value> copied);
  }
}
