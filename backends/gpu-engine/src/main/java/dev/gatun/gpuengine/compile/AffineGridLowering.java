package dev.gatun.gpuengine.compile;

import dev.gatun.graph.Node;
import dev.gatun.graph.ValueType;
import dev.gatun.graph.op.AffineGrid;
import java.util.List;

/** Grids for GridSample. */
final class AffineGridLowering implements OpLowering {
  private static final int THREADS = 256;

  /** Most axes of a grid. */
  private static final int AXES = 3;

  private final GpuLowering lowering;

  AffineGridLowering(GpuLowering lowering) {
    this.lowering = lowering;
  }

  static String refusal(Acceptance acceptance, Node node) {
    int axes = node.output().type().rank() - 2;
    return axes > AXES ? "no kernel for " + axes + " axes" : acceptance.computed(node, 0);
  }

  /** AffineGridParams of affine_grid.h. */
  @Override
  public void lower(Node node) {
    var _ = Decision.of(lowering, node);
    ValueType type = node.output().type();
    int axes = type.rank() - 2;
    List<Size> extents =
        type.dims().subList(1, axes + 1).stream()
            .map(dim -> Size.of(lowering.extents().of(List.of(dim))))
            .toList();
    Size count = Size.of(lowering.elements(type));
    lowering
        .launch(node, "affine_grid")
        .memory(lowering.operand(node.input(0)))
        .memory(lowering.result(node.output()))
        .integer(count)
        .integer(axes)
        .integers(extents, AXES)
        .integer(((AffineGrid) node.op()).alignCorners())
        .run(Grid.items(count, THREADS));
  }
}
