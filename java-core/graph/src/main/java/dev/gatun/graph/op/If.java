package dev.gatun.graph.op;

import dev.gatun.graph.Graph;
import dev.gatun.graph.ValueType;
import java.util.List;

/**
 * Runs one of two subgraphs (ONNX If). Inputs: condition BOOL scalar, then the values that the
 * subgraphs capture, in the order of their inputs; both take the same inputs and give outputs of
 * the same types.
 */
public record If(Graph thenBranch, Graph elseBranch) implements Op {
  @Override
  public String type() {
    return "If";
  }

  @Override
  public List<ValueType> infer(List<ValueType> inputs) {
    Infer.required(this, inputs, 0);
    Infer.subgraph(this, thenBranch, inputs.subList(1, inputs.size()));
    Infer.subgraph(this, elseBranch, inputs.subList(1, inputs.size()));
    List<ValueType> types = Infer.outputs(thenBranch);
    Infer.check(
        this,
        types.equals(Infer.outputs(elseBranch)),
        "branches give %s and %s",
        types,
        Infer.outputs(elseBranch));
    return types;
  }
}
