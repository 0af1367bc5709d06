package dev.gatun.graph.pass;

import dev.gatun.graph.Graph;
import dev.gatun.graph.Value;
import dev.gatun.tensor.Tensor;
import java.util.Map;

/** Makes inputs constants, so that what depends on them can be prepared once. */
public final class ConstantInputs {
  private ConstantInputs() {}

  /**
   * The graph without the named inputs.
   *
   * @param constants the data of each, of the input's type
   */
  public static Graph bind(Graph graph, Map<String, Tensor> constants) {
    var copy = new GraphCopy(graph.name());
    for (Value input : graph.inputs()) {
      Tensor data = constants.get(input.name());
      if (data == null) {
        copy.input(input);
      } else {
        copy.replace(input, copy.builder().constant(input.name(), data));
      }
    }
    graph.constants().forEach(copy::constant);
    copy.states(graph, graph.nodes());
    graph.nodes().forEach(copy::node);
    graph.outputs().forEach(copy::output);
    return copy.build();
  }
}
