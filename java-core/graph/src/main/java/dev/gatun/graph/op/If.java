package dev.gatun.graph.op;

import dev.gatun.graph.Cost;
import dev.gatun.graph.CostSummary;
import dev.gatun.graph.Graph;
import dev.gatun.graph.ValueType;
import java.util.List;

/**
 * Runs one of two subgraphs (ONNX If). Inputs: condition BOOL scalar, then the values that the
 * subgraphs capture, in the order of their inputs; both take the same inputs and give outputs of
 * the same dtypes and ranks.
 *
 * @param results types of the outputs; an extent in which the branches differ depends on data
 */
public record If(Graph thenBranch, Graph elseBranch, List<ValueType> results) implements Op {
  public If {
    results = List.copyOf(results);
  }

  /** Branches that give the same types. */
  public If(Graph thenBranch, Graph elseBranch) {
    this(thenBranch, elseBranch, Infer.outputs(thenBranch));
  }

  @Override
  public String type() {
    return "If";
  }

  @Override
  public List<ValueType> infer(List<ValueType> inputs) {
    Infer.condition(this, Infer.required(this, inputs, 0));
    Infer.subgraph(this, thenBranch, inputs.subList(1, inputs.size()));
    Infer.subgraph(this, elseBranch, inputs.subList(1, inputs.size()));
    List<ValueType> types = Infer.outputs(thenBranch);
    List<ValueType> others = Infer.outputs(elseBranch);
    Infer.check(
        this,
        Infer.mayBe(types, results) && Infer.mayBe(others, results),
        "branches give %s and %s",
        types,
        others);
    return results;
  }

  /** The dearer branch. */
  @Override
  public Cost cost(List<TypedShape> inputs, List<TypedShape> outputs) {
    Cost a = CostSummary.ofSubgraph(thenBranch, inputs.subList(1, inputs.size()));
    Cost b = CostSummary.ofSubgraph(elseBranch, inputs.subList(1, inputs.size()));
    return a.flops() >= b.flops() ? a : b;
  }

  @Override
  public List<Array> reference(ReferenceCall call) {
    Graph branch = call.input(0).scalar() != 0 ? thenBranch : elseBranch;
    return call.run(branch, call.inputs().subList(1, call.inputs().size()));
  }
}
