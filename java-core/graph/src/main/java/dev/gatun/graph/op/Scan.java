package dev.gatun.graph.op;

import dev.gatun.graph.Dim;
import dev.gatun.graph.Graph;
import dev.gatun.graph.ValueType;
import java.util.ArrayList;
import java.util.List;

/**
 * Runs a subgraph over the slices of sequences along axis 0 (ONNX Scan).
 *
 * <p>Inputs: {@code states} initial values, then {@code scanned} sequences [n, ..], then captured
 * values. The body takes states, slices, captured; it gives states, then one slice per scan output.
 * Outputs: final states, then sequences [n, ..].
 */
public record Scan(Graph body, int states, int scanned) implements Op {
  @Override
  public String type() {
    return "Scan";
  }

  @Override
  public List<ValueType> infer(List<ValueType> inputs) {
    Infer.check(
        this,
        scanned >= 1 && inputs.size() >= states + scanned,
        "%s inputs for %s states and %s sequences",
        inputs.size(),
        states,
        scanned);
    Dim length = Infer.required(this, inputs, states).dim(0);
    List<ValueType> outputs = Infer.outputs(body);
    List<ValueType> types = new ArrayList<>(outputs.subList(0, states));
    for (ValueType slice : outputs.subList(states, outputs.size())) {
      List<Dim> dims = new ArrayList<>(List.of(length));
      dims.addAll(slice.dims());
      types.add(new ValueType(slice.dtype(), dims));
    }
    return types;
  }
}
