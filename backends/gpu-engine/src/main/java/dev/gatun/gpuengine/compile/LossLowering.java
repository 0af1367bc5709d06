package dev.gatun.gpuengine.compile;

import dev.gatun.graph.Node;
import dev.gatun.graph.Value;
import dev.gatun.graph.ValueType;
import dev.gatun.graph.op.NegativeLogLikelihoodLoss;
import dev.gatun.graph.op.NegativeLogLikelihoodLoss.Reducing;
import dev.gatun.tensor.DType;

/** How far a model is from the right classes. */
final class LossLowering implements OpLowering {
  private static final int THREADS = 256;

  private final GpuLowering lowering;

  LossLowering(GpuLowering lowering) {
    this.lowering = lowering;
  }

  static String refusal(Acceptance acceptance, Node node) {
    DType dtype = node.input(0).type().dtype();
    return dtype == DType.F32 ? acceptance.computed(node, 2) : "no kernel for " + dtype;
  }

  /** LossParams of loss.h. */
  @Override
  public void lower(Node node) {
    var op = (NegativeLogLikelihoodLoss) node.op();
    ValueType x = node.input(0).type();
    Value targets = node.input(1);
    Value weights = QuantizeLowering.present(node, 2);
    Size count = Size.of(lowering.elements(targets.type()));
    boolean each = op.reduction() == Reducing.NONE;
    lowering
        .launch(node, each ? "loss_each" : "loss_all")
        .memory(lowering.single(node.input(0)))
        .memory(lowering.moved(targets))
        .memory(weights == null ? null : lowering.single(weights))
        .memory(lowering.result(node.output()))
        .wide(op.ignore().orElse(0))
        .integer(count)
        .integer(lowering.extents().of(x.dim(1)))
        .integer(lowering.extents().of(x.dims().subList(2, x.rank())))
        .integer(targets.type().dtype() == DType.I64)
        .integer(op.ignore().isPresent())
        .integer(weights != null)
        .integer(ParameterBlock.code(op.reduction()))
        .run(each ? Grid.items(count, THREADS) : Grid.items(Size.fixed(1), THREADS));
  }
}
