package dev.gatun.gpuengine.compile;

import dev.gatun.engine.memory.Operand;
import dev.gatun.graph.Node;
import dev.gatun.graph.op.GatedActivation;

/** Ops that compute each element by itself. */
final class PointwiseLowering implements OpLowering {
  private static final int THREADS = 256;

  private final GpuLowering lowering;

  PointwiseLowering(GpuLowering lowering) {
    this.lowering = lowering;
  }

  static String refusal(Acceptance acceptance, Node node) {
    return acceptance.computed(node, 0, 1);
  }

  @Override
  public void lower(Node node) {
    switch (node.op()) {
      case GatedActivation op -> gated(node, op);
      default -> throw new IllegalStateException(node.op().type());
    }
  }

  private void gated(Node node, GatedActivation op) {
    Operand gate = lowering.operand(node.input(0));
    Operand up = lowering.operand(node.input(1));
    Operand y = lowering.resultOver(node.output(), node.input(0));
    Size rows = Size.of(lowering.rows(node.output().type()));
    Size width = Size.of(lowering.extents().of(node.output().type().dims().getLast()));
    lowering
        .launch(node, "gated")
        .memory(gate)
        .memory(up)
        .memory(y)
        .integer(rows)
        .integer(width)
        .integer(op.activation().ordinal())
        .integer(width)
        .integer(width)
        .run(Grid.groups(width.pieces(THREADS), rows, THREADS));
  }
}
