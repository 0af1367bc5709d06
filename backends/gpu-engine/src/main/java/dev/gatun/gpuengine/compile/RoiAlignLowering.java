package dev.gatun.gpuengine.compile;

import dev.gatun.graph.Node;
import dev.gatun.graph.ValueType;
import dev.gatun.graph.op.RoiAlign;
import dev.gatun.tensor.DType;

/** Parts of feature maps, of one size each. */
final class RoiAlignLowering implements OpLowering {
  private static final int THREADS = 256;

  private final GpuLowering lowering;

  RoiAlignLowering(GpuLowering lowering) {
    this.lowering = lowering;
  }

  static String refusal(Acceptance acceptance, Node node) {
    DType dtype = node.output().type().dtype();
    return dtype == DType.F32 ? acceptance.computed(node, 0, 1) : "no kernel for " + dtype;
  }

  /** RoiParams of roi_align.h. */
  @Override
  public void lower(Node node) {
    var op = (RoiAlign) node.op();
    ValueType x = node.input(0).type();
    Size count = Size.of(lowering.elements(node.output().type()));
    lowering
        .launch(node, "roi_align")
        .memory(lowering.operand(node.input(0)))
        .memory(lowering.operand(node.input(1)))
        .memory(lowering.moved(node.input(2)))
        .memory(lowering.result(node.output()))
        .integer(count)
        .integer(lowering.extents().of(x.dim(1)))
        .integer(lowering.extents().of(x.dim(2)))
        .integer(lowering.extents().of(x.dim(3)))
        .integer(op.height())
        .integer(op.width())
        .integer(op.sampling())
        .integer(op.max())
        .integer(op.halfPixel())
        .integer(node.input(2).type().dtype() == DType.I64)
        .integer(lowering.extents().of(x.dim(0)))
        .real(op.scale())
        .run(Grid.items(count, THREADS));
  }
}
