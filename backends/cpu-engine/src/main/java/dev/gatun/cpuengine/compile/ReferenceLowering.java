package dev.gatun.cpuengine.compile;

import static dev.gatun.cpuengine.compile.Lowering.info;

import dev.gatun.cpuengine.step.ControlStep;
import dev.gatun.cpuengine.step.ReferenceOp;
import dev.gatun.cpuengine.step.ReferenceOp.Place;
import dev.gatun.cpuengine.step.ReferenceStep;
import dev.gatun.cpuengine.step.Step.Access;
import dev.gatun.engine.memory.Operand;
import dev.gatun.engine.memory.Subgraphs;
import dev.gatun.graph.Dim;
import dev.gatun.graph.Graph;
import dev.gatun.graph.Node;
import dev.gatun.graph.Value;
import dev.gatun.graph.op.Array;
import dev.gatun.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What no kernel computes, and control flow: by the op's reference. */
final class ReferenceLowering {
  private final Lowering lowering;

  ReferenceLowering(Lowering lowering) {
    this.lowering = lowering;
  }

  void reference(Node node) {
    boolean alone = !Subgraphs.of(node.op()).isEmpty();
    Subgraphs.of(node.op()).forEach(body -> compile(node, body));
    List<Access> reads = new ArrayList<>();
    List<Place> inputs = new ArrayList<>();
    for (Value value : node.inputs()) {
      Place place = input(value);
      inputs.add(place);
      if (place.at() != null) {
        reads.add(Access.whole(place.at()));
      }
    }
    List<Access> writes = new ArrayList<>();
    List<Place> outputs = new ArrayList<>();
    for (Value value : node.outputs()) {
      Operand at = lowering.result(value);
      outputs.add(new Place(at, null, value.type().dtype(), lowering.dims(value.type())));
      writes.add(Access.whole(at));
      alone |= value.type().dims().stream().anyMatch(Dim::dataDependent);
    }
    writes.addAll(lowering.binds(node));
    int decoded = lowering.working(() -> new Array[inputs.size()]);
    var op = new ReferenceOp(node, inputs, outputs, decoded);
    boolean control = !Subgraphs.of(node.op()).isEmpty();
    String unit = (control ? "engine." : "scalar.") + node.op().type();
    lowering.steps.add(
        alone
            ? new ControlStep(info(node, unit, reads, writes), op)
            : new ReferenceStep(info(node, unit, reads, writes), op));
  }

  private Place input(Value value) {
    if (value.isAbsent()) {
      return new Place(null, null, value.type().dtype(), List.of());
    }
    Optional<Tensor> constant = lowering.views().constant(value);
    if (constant.isPresent()) {
      return new Place(null, constant.get(), value.type().dtype(), List.of());
    }
    Operand at = lowering.isConstant(value) ? lowering.stored(value) : lowering.operand(value);
    return new Place(at, null, value.type().dtype(), lowering.dims(value.type()));
  }

  private void compile(Node node, Graph body) {
    Graph own = Subgraphs.withConstants(node, body, lowering.views());
    lowering.subprograms.put(body, lowering.compiler.apply(own));
  }
}
