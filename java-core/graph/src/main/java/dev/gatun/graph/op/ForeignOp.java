package dev.gatun.graph.op;

import dev.gatun.graph.Cost;
import dev.gatun.graph.Graph;
import dev.gatun.graph.GraphException;
import dev.gatun.graph.ValueType;
import java.util.List;
import java.util.Map;

/**
 * An op that Gatun does not know, carried as it is so that a backend that knows it can run it. Its
 * output types are given, not inferred; it has no reference.
 *
 * @param attributes Long, Double, String, Tensor, or lists of those, by name
 */
public record ForeignOp(
    String domain,
    String type,
    int version,
    Map<String, Object> attributes,
    List<Graph> subgraphs,
    List<ValueType> outputTypes)
    implements Op {
  public ForeignOp {
    attributes = Map.copyOf(attributes);
    subgraphs = List.copyOf(subgraphs);
    outputTypes = List.copyOf(outputTypes);
  }

  @Override
  public List<ValueType> infer(List<ValueType> inputs) {
    return outputTypes;
  }

  /** Bytes only: the work is unknown. */
  @Override
  public Cost cost(List<TypedShape> inputs, List<TypedShape> outputs) {
    return Costs.streaming(0, inputs, outputs);
  }

  /**
   * There is none.
   *
   * @throws GraphException always
   */
  @Override
  public List<Array> reference(ReferenceCall call) {
    throw new GraphException(
        "%s of domain '%s' version %d has no reference".formatted(type, domain, version));
  }
}
