package dev.gatun.gpuengine.compile;

import dev.gatun.engine.memory.Subgraphs;
import dev.gatun.graph.Graph;
import dev.gatun.graph.Node;
import dev.gatun.graph.Value;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;

/** Control flow. */
final class ControlLowering implements OpLowering {
  private final GpuLowering lowering;

  ControlLowering(GpuLowering lowering) {
    this.lowering = lowering;
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
    List<Place> inputs = node.inputs().stream().map(value -> Place.of(lowering, value)).toList();
    List<Place> outputs = new ArrayList<>();
    for (Value value : node.outputs()) {
      lowering.result(value);
      outputs.add(Place.of(lowering, value));
    }
    lowering.add(new ControlStep(node, inputs, outputs, bodies));
  }
}
