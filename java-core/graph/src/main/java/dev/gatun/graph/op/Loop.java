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
 * Repeats a subgraph (ONNX Loop).
 *
 * <p>Inputs: trip count I64 scalar (absent: unbounded), condition BOOL scalar (absent: true), then
 * {@code carried} values, then captured ones. The body takes iteration I64, condition BOOL,
 * carried, captured; it gives condition, carried, and one slice per scan output. Outputs: the
 * carried values, then the slices of each scan output, stacked [iterations, ..].
 *
 * @param carried how many values pass from one iteration to the next
 * @param results types of the outputs; an extent that iterations change depends on data
 */
public record Loop(Graph body, int carried, List<ValueType> results) implements Op {
  public Loop {
    results = List.copyOf(results);
  }

  /** A loop whose carried values keep their types, without scan outputs. */
  public Loop(Graph body, int carried) {
    this(body, carried, Infer.outputs(body).subList(1, body.outputs().size()));
  }

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
    List<ValueType> given = new ArrayList<>(List.of(condition));
    given.addAll(Infer.inputs(body).subList(2, 2 + carried));
    Infer.results(this, body, given);
    int scans = body.outputs().size() - 1 - carried;
    Infer.check(
        this,
        results.size() == carried + scans
            && Infer.mayBe(
                Infer.outputs(body).subList(1, 1 + carried), results.subList(0, carried)),
        "body gives %s",
        body.outputs());
    for (int i = 0; i < scans; i++) {
      ValueType stacked = results.get(carried + i);
      ValueType slice = body.outputs().get(1 + carried + i).type();
      Infer.check(
          this,
          stacked.rank() == slice.rank() + 1
              && Infer.mayBe(
                  slice, new ValueType(stacked.dtype(), stacked.dims().subList(1, stacked.rank()))),
          "%s is no stack of %s",
          stacked,
          slice);
    }
    return results;
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
    Array condition =
        call.input(1) == null
            ? new Array(DType.BOOL, Shape.of(), 1)
            : call.input(1).reshape(Shape.of());
    List<Array> values = new ArrayList<>(call.inputs().subList(2, 2 + carried));
    List<Array> captured = call.inputs().subList(2 + carried, call.inputs().size());
    List<List<Array>> slices = new ArrayList<>();
    for (int i = carried; i < results.size(); i++) {
      slices.add(new ArrayList<>());
    }
    for (long i = 0; i < trips && condition.scalar() != 0; i++) {
      List<Array> bodyInputs = new ArrayList<>();
      bodyInputs.add(new Array(DType.I64, Shape.of(), i));
      bodyInputs.add(condition);
      bodyInputs.addAll(values);
      bodyInputs.addAll(captured);
      List<Array> given = call.run(body, bodyInputs);
      condition = given.getFirst();
      values = given.subList(1, 1 + carried);
      for (int j = 0; j < slices.size(); j++) {
        slices.get(j).add(given.get(1 + carried + j));
      }
    }
    List<Array> outputs = new ArrayList<>(values);
    for (int j = 0; j < slices.size(); j++) {
      ValueType stacked = results.get(carried + j);
      outputs.add(Scan.stack(call, stacked, slices.get(j)));
    }
    return outputs;
  }
}
