package dev.gatun.graph.op;

import dev.gatun.graph.Cost;
import dev.gatun.graph.CostSummary;
import dev.gatun.graph.Graph;
import dev.gatun.graph.ValueType;
import dev.gatun.tensor.DType;
import dev.gatun.tensor.Shape;
import java.util.ArrayList;
import java.util.List;

/**
 * Repeats a subgraph (ONNX Loop without scan outputs; {@link Scan} has those).
 *
 * <p>Inputs: trip count I64 scalar (absent: unbounded), condition BOOL scalar (absent: true), then
 * {@code carried} values, then captured ones. The body takes iteration I64, condition BOOL,
 * carried, captured; it gives condition, carried. Outputs: the carried values, whose types do not
 * change.
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
    if (Infer.present(inputs, 0)) {
      ValueType trips = Infer.integer(this, inputs, 0);
      Infer.check(this, trips.maxElements() == 1, "trip count is %s", trips);
    }
    if (Infer.present(inputs, 1)) {
      Infer.condition(this, inputs.get(1));
    }
    ValueType condition = ValueType.of(DType.BOOL);
    List<ValueType> bodyInputs = new ArrayList<>(List.of(ValueType.of(DType.I64), condition));
    bodyInputs.addAll(inputs.subList(2, inputs.size()));
    Infer.subgraph(this, body, bodyInputs);
    List<ValueType> results = new ArrayList<>(List.of(condition));
    results.addAll(inputs.subList(2, 2 + carried));
    Infer.results(this, body, results);
    Infer.check(this, results.size() == body.outputs().size(), "body gives %s", body.outputs());
    return List.copyOf(results.subList(1, results.size()));
  }

  /** One iteration: how many there are is not known from shapes. */
  @Override
  public Cost cost(List<TypedShape> inputs, List<TypedShape> outputs) {
    List<TypedShape> bodyInputs = new ArrayList<>();
    bodyInputs.add(new TypedShape(DType.I64, Shape.of()));
    bodyInputs.add(new TypedShape(DType.BOOL, Shape.of()));
    bodyInputs.addAll(inputs.subList(2, inputs.size()));
    return CostSummary.ofSubgraph(body, bodyInputs);
  }

  @Override
  public List<Array> reference(ReferenceCall call) {
    double trips = call.input(0) == null ? Double.POSITIVE_INFINITY : call.input(0).scalar();
    Array condition = call.input(1) == null ? new Array(DType.BOOL, Shape.of(), 1) : call.input(1);
    List<Array> values = new ArrayList<>(call.inputs().subList(2, 2 + carried));
    List<Array> captured = call.inputs().subList(2 + carried, call.inputs().size());
    for (long i = 0; i < trips && condition.scalar() != 0; i++) {
      List<Array> bodyInputs = new ArrayList<>();
      bodyInputs.add(new Array(DType.I64, Shape.of(), i));
      bodyInputs.add(condition);
      bodyInputs.addAll(values);
      bodyInputs.addAll(captured);
      List<Array> results = call.run(body, bodyInputs);
      condition = results.getFirst();
      values = results.subList(1, results.size());
    }
    return values;
  }
}
