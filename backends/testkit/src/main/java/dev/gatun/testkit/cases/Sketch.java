package dev.gatun.testkit.cases;

import dev.gatun.graph.Dim;
import dev.gatun.graph.Graph;
import dev.gatun.graph.GraphBuilder;
import dev.gatun.graph.Value;
import dev.gatun.graph.op.Array;
import dev.gatun.graph.op.Op;
import dev.gatun.tensor.DType;
import dev.gatun.tensor.Tensor;
import dev.gatun.testkit.Bound;
import dev.gatun.testkit.Scenario;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A scenario of one submission, put together node by node with its inputs' values. */
final class Sketch {
  private final GraphBuilder graph;
  private final Data data;
  private final Map<String, Array> tensors = new LinkedHashMap<>();

  Sketch(String name) {
    graph = new GraphBuilder(name);
    data = new Data(name);
  }

  GraphBuilder graph() {
    return graph;
  }

  Data data() {
    return data;
  }

  /** An input of the array's shape. */
  Value input(String name, Array array) {
    Dim[] dims = Arrays.stream(array.shape().toArray()).mapToObj(Dim::of).toArray(Dim[]::new);
    return input(name, array, dims);
  }

  /** An input with given dims, some of them symbols. */
  Value input(String name, Array array, Dim... dims) {
    Value value = graph.input(name, array.dtype(), dims);
    tensors.put(value.name(), array);
    return value;
  }

  /** An input of standard normal values. */
  Value normal(String name, long... dims) {
    return input(name, data.normal(dims));
  }

  Value constant(String name, Array array) {
    return graph.constant(name, Data.tensor(array));
  }

  Value weights(String name, DType dtype, long... dims) {
    Tensor tensor = data.weights(dtype, dims);
    return graph.constant(name, tensor);
  }

  /** A node whose result is an output. */
  Value output(String name, Op op, Value... inputs) {
    Value value = graph.node(name, op, inputs);
    graph.output(value);
    return value;
  }

  /** A node whose results are all outputs. */
  void outputs(String name, Op op, Value... inputs) {
    graph.nodes(name, op, List.of(inputs)).forEach(graph::output);
  }

  Scenario scenario(Bound bound) {
    Graph built = graph.build();
    return Scenario.single(built, tensors, bound);
  }
}
