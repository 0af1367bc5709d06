/** The intermediate representation: graphs, ops, shape inference, costs, passes, reference. */
module dev.gatun.graph {
  requires transitive dev.gatun.tensor;

  exports dev.gatun.graph;
  exports dev.gatun.graph.op;
  exports dev.gatun.graph.pass;
  exports dev.gatun.graph.reference;
}
