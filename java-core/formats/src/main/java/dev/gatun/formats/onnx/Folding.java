package dev.gatun.formats.onnx;

import dev.gatun.formats.onnx.Imported.Computed;
import dev.gatun.formats.onnx.Imported.Known;
import dev.gatun.formats.onnx.Imported.Sizes;
import dev.gatun.graph.CostSummary;
import dev.gatun.graph.Graph;
import dev.gatun.graph.GraphException;
import dev.gatun.graph.Value;
import dev.gatun.graph.op.Array;
import dev.gatun.graph.reference.ReferenceInterpreter;
import dev.gatun.graph.reference.ReferenceStates;
import dev.gatun.tensor.DType;
import dev.gatun.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Computes small nodes whose inputs are all known while the model is imported: arithmetic on
 * shapes, which other nodes then find known.
 */
final class Folding {
  /** Elements of all inputs, and of all outputs. */
  private static final long MAX_ELEMENTS = 1 << 14;

  /** Work of one node. */
  private static final double MAX_FLOPS = 1e7;

  private Folding() {}

  /** What the node gives; empty when it cannot be folded. */
  static Optional<List<Imported>> apply(GraphImporter graph, OnnxNode node, OpImporter importer) {
    if (!isKnown(graph, node)) {
      return Optional.empty();
    }
    GraphImporter apart = graph.apart();
    Set<String> defined = new HashSet<>();
    for (String input : node.inputs()) {
      if (!input.isEmpty() && defined.add(input)) {
        apart.define(input, graph.named(input, node), node.offset());
      }
    }
    List<Imported> results = importer.run(new NodeScope(apart, apart.builder(), node));
    return finish(apart, results);
  }

  private static boolean isKnown(GraphImporter graph, OnnxNode node) {
    boolean subgraphs =
        node.attributes().values().stream().anyMatch(OnnxAttribute.OfGraph.class::isInstance);
    if (subgraphs || node.inputs().stream().allMatch(String::isEmpty)) {
      return false;
    }
    long elements = 0;
    for (String input : node.inputs()) {
      if (input.isEmpty()) {
        continue;
      }
      Imported imported = graph.find(input).orElse(null);
      switch (imported) {
        case Known(Tensor tensor) -> elements += tensor.shape().elements();
        case Sizes sizes when GraphImporter.numbers(sizes).isPresent() -> {}
        case null, default -> {
          return false;
        }
      }
    }
    return elements <= MAX_ELEMENTS;
  }

  private static Optional<List<Imported>> finish(GraphImporter apart, List<Imported> results) {
    List<Value> computed = new ArrayList<>();
    for (Imported result : results) {
      if (result instanceof Computed(Value value)) {
        if (value.type().dtype().isBlocked() || value.type().maxElements() > MAX_ELEMENTS) {
          return Optional.empty();
        }
        if (!computed.contains(value)) {
          computed.add(value);
          apart.builder().output(value);
        }
      }
    }
    if (computed.isEmpty()) {
      return Optional.of(results);
    }
    Graph graph = apart.builder().build();
    if (CostSummary.of(graph, Map.of(), 0).total().flops() > MAX_FLOPS) {
      return Optional.empty();
    }
    Map<String, Array> values;
    try {
      values =
          new ReferenceInterpreter(graph).run(Map.of(), new ReferenceStates(List.of()), Set.of());
    } catch (GraphException e) {
      // A division by zero and the like: the run shall say so.
      return Optional.empty();
    }
    List<Imported> known = new ArrayList<>();
    for (Imported result : results) {
      known.add(
          result instanceof Computed(Value value)
              ? new Known(tensor(values.get(value.name())))
              : result);
    }
    return Optional.of(known);
  }

  /** The numbers in another dtype. */
  static Tensor converted(Tensor numbers, DType dtype) {
    return tensor(new Array(dtype, numbers.shape(), Array.of(numbers).values()));
  }

  static Tensor tensor(Array array) {
    MemorySegment data = MemorySegment.ofArray(new byte[Math.toIntExact(array.byteSize())]);
    array.store(data, 0);
    return new Tensor(array.dtype(), array.shape(), data);
  }
}
