package dev.gatun.graph.op;

import dev.gatun.graph.Graph;
import dev.gatun.graph.ValueType;
import java.util.ArrayList;
import java.util.List;

/**
 * Repeats a subgraph (ONNX Loop without scan outputs; {@link Scan} has those).
 *
 * <p>Inputs: trip count I64 scalar (absent: unbounded), condition BOOL scalar (absent: true), then
 * {@code carried} values, then captured ones. The body takes iteration I64, condition BOOL,
 * carried, captured; it gives condition, carried. Outputs: the carried values.
 *
 * @param carried how many values pass from one iteration to the next
 */
public record Loop(Graph body, int carried) implements Op {
  @Override
  public String type() {
    return "Loop";
  }

  @Override
  public List<ValueType> infer(List<ValueType> inputs) {
    Infer.check(this, inputs.size() >= 2 + carried, "%s inputs for %s", inputs.size(), carried);
    List<ValueType> outputs = Infer.outputs(body);
    Infer.check(this, outputs.size() == 1 + carried, "body gives %s", outputs);
    return new ArrayList<>(outputs.subList(1, outputs.size()));
  }
}
