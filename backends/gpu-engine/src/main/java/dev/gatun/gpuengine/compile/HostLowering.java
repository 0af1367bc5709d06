package dev.gatun.gpuengine.compile;

import dev.gatun.engine.memory.Operand;
import dev.gatun.engine.memory.Subgraphs;
import dev.gatun.gpuengine.compile.HostStep.Place;
import dev.gatun.graph.Dim;
import dev.gatun.graph.Graph;
import dev.gatun.graph.Node;
import dev.gatun.graph.Value;
import dev.gatun.graph.op.ConstantOfShape;
import dev.gatun.graph.op.Extents;
import dev.gatun.graph.op.EyeLike;
import dev.gatun.graph.op.MelWeightMatrix;
import dev.gatun.graph.op.Range;
import dev.gatun.graph.op.WindowFunction;
import dev.gatun.tensor.Tensor;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Control flow, and ops whose results have sizes that only their computation tells. */
final class HostLowering implements OpLowering {
  private final GpuLowering lowering;

  HostLowering(GpuLowering lowering) {
    this.lowering = lowering;
  }

  /** Whether a node is the host's. */
  static boolean includes(Node node) {
    if (!Subgraphs.of(node.op()).isEmpty()) {
      return true;
    }
    return switch (node.op()) {
      case Extents _, Range _, ConstantOfShape _, EyeLike _ -> true;
      case WindowFunction _, MelWeightMatrix _ -> true;
      default -> decidesSizes(node);
    };
  }

  /** Whether a result has an extent that no input has and that depends on data. */
  private static boolean decidesSizes(Node node) {
    Set<String> made = new HashSet<>();
    node.outputs().forEach(value -> value.type().dims().forEach(dim -> addDependent(dim, made)));
    Set<String> given = new HashSet<>();
    node.inputs().forEach(value -> value.type().dims().forEach(dim -> addDependent(dim, given)));
    return !given.containsAll(made);
  }

  private static void addDependent(Dim dim, Set<String> names) {
    switch (dim) {
      case Dim.Symbol symbol when symbol.dataDependent() -> names.add(symbol.name());
      case Dim.Affine affine -> affine.terms().forEach(term -> addDependent(term.symbol(), names));
      default -> {}
    }
  }

  static String refusal(Acceptance acceptance, Node node) {
    for (Graph body : Subgraphs.of(node.op())) {
      Acceptance inner = acceptance.of(body);
      for (Node each : body.nodes()) {
        Optional<String> reason = inner.refusal(each);
        if (reason.isPresent()) {
          return "node '" + each.name() + "' of its body: " + reason.get();
        }
      }
    }
    return "";
  }

  @Override
  public void lower(Node node) {
    IdentityHashMap<Graph, Graph> bodies = new IdentityHashMap<>();
    Subgraphs.of(node.op())
        .forEach(body -> bodies.put(body, Subgraphs.withConstants(node, body, lowering.views())));
    if (node.op() instanceof Extents op) {
      op.dims().forEach(lowering.extents()::of);
    }
    List<Place> inputs = node.inputs().stream().map(this::input).toList();
    List<Place> outputs = new ArrayList<>();
    for (Value value : node.outputs()) {
      outputs.add(place(lowering.result(value), value));
    }
    lowering.add(new HostStep(node, inputs, outputs, bodies));
  }

  private Place place(Operand at, Value value) {
    return new Place(at, null, value.type().dtype(), lowering.dims(value.type()));
  }

  private Place input(Value value) {
    if (value.isAbsent()) {
      return new Place(null, null, value.type().dtype(), List.of());
    }
    Optional<Tensor> constant = lowering.views().constant(value);
    return constant.isPresent()
        ? new Place(null, constant.get(), value.type().dtype(), List.of())
        : place(lowering.moved(value), value);
  }
}
