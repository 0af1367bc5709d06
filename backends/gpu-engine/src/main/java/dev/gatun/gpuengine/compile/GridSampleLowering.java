package dev.gatun.gpuengine.compile;

import dev.gatun.engine.size.Extent;
import dev.gatun.graph.Node;
import dev.gatun.graph.ValueType;
import dev.gatun.graph.op.GridSample;
import dev.gatun.tensor.DType;
import java.util.List;

/** Samples at places that a grid gives. */
final class GridSampleLowering implements OpLowering {
  private static final int THREADS = 256;

  /** Most axes that places have: GRID_AXES of grid_sample.h. */
  private static final int AXES = 3;

  private final GpuLowering lowering;

  GridSampleLowering(GpuLowering lowering) {
    this.lowering = lowering;
  }

  static String refusal(Acceptance acceptance, Node node) {
    ValueType x = node.input(0).type();
    if (x.dtype() != DType.F32) {
      return "no kernel for " + x.dtype();
    }
    return x.rank() - 2 > AXES
        ? "places of " + (x.rank() - 2) + " axes"
        : acceptance.computed(node, 1);
  }

  /** GridParams of grid_sample.h. */
  @Override
  public void lower(Node node) {
    var op = (GridSample) node.op();
    ValueType x = node.input(0).type();
    ValueType y = node.output().type();
    Extent points = lowering.extents().of(y.dims().subList(2, y.rank()));
    List<Size> extents =
        x.dims().subList(2, x.rank()).stream().map(lowering.extents()::of).map(Size::of).toList();
    lowering
        .launch(node, "grid_sample")
        .memory(lowering.single(node.input(0)))
        .memory(lowering.single(node.input(1)))
        .memory(lowering.result(node.output()))
        .integer(lowering.extents().of(x.dim(0)))
        .integer(lowering.extents().of(x.dim(1)))
        .integer(points)
        .integer(x.rank() - 2)
        .integer(ParameterBlock.code(op.mode()))
        .integer(ParameterBlock.code(op.padding()))
        .integer(op.alignCorners())
        .integers(extents, AXES)
        .run(Grid.items(Size.of(lowering.elements(y)), THREADS));
  }
}
