package dev.gatun.gpuengine.compile;

import dev.gatun.engine.memory.Operand;
import dev.gatun.graph.Node;
import dev.gatun.graph.ValueType;
import dev.gatun.tensor.DType;

/** Determinants. */
final class DetLowering implements OpLowering {
  private static final int THREADS = 32;

  private final GpuLowering lowering;

  DetLowering(GpuLowering lowering) {
    this.lowering = lowering;
  }

  static String refusal(Acceptance acceptance, Node node) {
    return acceptance.computed(node, 0);
  }

  /** DetParams of det.h. */
  @Override
  public void lower(Node node) {
    ValueType x = node.input(0).type();
    Size elements = Size.of(lowering.elements(x));
    Size count = Size.of(lowering.elements(node.output().type()));
    // The kernel overwrites the matrices.
    Operand copy = lowering.storages().arena(new ValueType(DType.F32, x.dims()));
    lowering.add(
        new CopyStep(
            node.name(),
            lowering.operand(node.input(0)),
            copy,
            sizes -> DType.F32.byteSize(elements.of(sizes))));
    lowering
        .launch(node, "det")
        .memory(copy)
        .memory(lowering.result(node.output()))
        .integer(count)
        .integer(lowering.extents().of(x.dim(-1)))
        .run(Grid.items(count, THREADS));
  }
}
