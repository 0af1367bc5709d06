package dev.gatun.gpuengine.compile;

import dev.gatun.graph.Node;

/** Turns the nodes of a group of ops into steps. */
@FunctionalInterface
interface OpLowering {
  void lower(Node node);
}
