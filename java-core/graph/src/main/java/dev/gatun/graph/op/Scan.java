package dev.gatun.graph.op;

import dev.gatun.graph.Cost;
import dev.gatun.graph.CostSummary;
import dev.gatun.graph.Dim;
import dev.gatun.graph.Graph;
import dev.gatun.graph.GraphException;
import dev.gatun.graph.ValueType;
import dev.gatun.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
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
    List<ValueType> bodyInputs = new ArrayList<>(inputs.subList(0, states));
    for (int i = states; i < states + scanned; i++) {
      ValueType sequence = Infer.required(this, inputs, i);
      Infer.rank(this, sequence, 1);
      Infer.check(
          this,
          sequence.dim(0).equals(inputs.get(states).dim(0)),
          "sequences %s and %s differ in length",
          inputs.get(states),
          sequence);
      bodyInputs.add(new ValueType(sequence.dtype(), sequence.dims().subList(1, sequence.rank())));
    }
    bodyInputs.addAll(inputs.subList(states + scanned, inputs.size()));
    Infer.subgraph(this, body, bodyInputs);
    Infer.results(this, body, inputs.subList(0, states));
    Dim length = inputs.get(states).dim(0);
    List<ValueType> outputs = Infer.outputs(body);
    List<ValueType> types = new ArrayList<>(outputs.subList(0, states));
    for (ValueType slice : outputs.subList(states, outputs.size())) {
      List<Dim> dims = new ArrayList<>(List.of(length));
      dims.addAll(slice.dims());
      types.add(new ValueType(slice.dtype(), dims));
    }
    return types;
  }

  @Override
  public Cost cost(List<TypedShape> inputs, List<TypedShape> outputs) {
    List<TypedShape> bodyInputs = new ArrayList<>(inputs.subList(0, states));
    for (TypedShape sequence : inputs.subList(states, states + scanned)) {
      bodyInputs.add(new TypedShape(sequence.dtype(), sliceShape(sequence.shape())));
    }
    bodyInputs.addAll(inputs.subList(states + scanned, inputs.size()));
    return CostSummary.ofSubgraph(body, bodyInputs)
        .times((double) inputs.get(states).shape().dim(0));
  }

  @Override
  public List<Array> reference(ReferenceCall call) {
    int length = Math.toIntExact(call.input(states).shape().dim(0));
    List<Array> carried = new ArrayList<>(call.inputs().subList(0, states));
    List<Array> captured = call.inputs().subList(states + scanned, call.inputs().size());
    int scans = body.outputs().size() - states;
    List<List<Array>> slices = new ArrayList<>();
    for (int i = 0; i < scans; i++) {
      slices.add(new ArrayList<>());
    }
    for (int i = 0; i < length; i++) {
      List<Array> bodyInputs = new ArrayList<>(carried);
      for (Array sequence : call.inputs().subList(states, states + scanned)) {
        bodyInputs.add(slice(sequence, i));
      }
      bodyInputs.addAll(captured);
      List<Array> results = call.run(body, bodyInputs);
      carried = results.subList(0, states);
      for (int j = 0; j < scans; j++) {
        slices.get(j).add(results.get(states + j));
      }
    }
    List<Array> outputs = new ArrayList<>(carried);
    for (int j = 0; j < scans; j++) {
      ValueType slice = body.outputs().get(states + j).type();
      List<Dim> dims = new ArrayList<>(List.of(Dim.of(length)));
      dims.addAll(slice.dims());
      outputs.add(stack(call, new ValueType(slice.dtype(), dims), slices.get(j)));
    }
    return outputs;
  }

  private static Array slice(Array sequence, int index) {
    Shape shape = sliceShape(sequence.shape());
    int size = Math.toIntExact(shape.elements());
    double[] values = Arrays.copyOfRange(sequence.values(), index * size, (index + 1) * size);
    return new Array(sequence.dtype(), shape, values);
  }

  /** Slices under each other; {@code stacked} tells the extents when there are none. */
  static Array stack(ReferenceCall call, ValueType stacked, List<Array> slices) {
    long[] dims = new long[stacked.rank()];
    dims[0] = slices.size();
    for (int axis = 1; axis < dims.length; axis++) {
      Dim dim = stacked.dim(axis);
      dims[axis] =
          slices.isEmpty()
              ? dim.dataDependent() ? dim.min() : call.size(dim)
              : slices.getFirst().shape().dim(axis - 1);
    }
    Shape shape = Shape.of(dims);
    double[] values = new double[Math.toIntExact(shape.elements())];
    int at = 0;
    for (Array each : slices) {
      if (!each.shape().equals(slices.getFirst().shape())) {
        throw new GraphException(
            "slices %s and %s differ".formatted(slices.getFirst().shape(), each.shape()));
      }
      System.arraycopy(each.values(), 0, values, at, each.values().length);
      at += each.values().length;
    }
    return new Array(stacked.dtype(), shape, values);
  }

  private static Shape sliceShape(Shape sequence) {
    return Shape.of(Arrays.copyOfRange(sequence.toArray(), 1, sequence.rank()));
  }
}
