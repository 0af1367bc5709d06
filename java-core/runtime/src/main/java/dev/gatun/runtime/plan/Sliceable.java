package dev.gatun.runtime.plan;

import dev.gatun.graph.Cost;
import dev.gatun.graph.Graph;
import dev.gatun.runtime.spi.Assessment;
import java.util.BitSet;
import java.util.List;

/** A device that would take some nodes of a graph, and what it says to the others. */
record Sliceable(Ranked ranked, Assessment assessment) {
  /** A device that takes every node. */
  static Sliceable all(Ranked ranked, Graph graph) {
    BitSet nodes = new BitSet();
    nodes.set(0, graph.nodes().size());
    return new Sliceable(
        ranked, new Assessment(List.of(new Assessment.NodeSet(nodes, Cost.NONE)), List.of()));
  }

  /** Ids of the nodes that it takes in some set; a copy. */
  BitSet nodes() {
    BitSet nodes = new BitSet();
    assessment.accepted().forEach(set -> nodes.or(set.nodes()));
    return nodes;
  }
}
