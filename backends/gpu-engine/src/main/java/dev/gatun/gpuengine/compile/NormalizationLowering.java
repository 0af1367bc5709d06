package dev.gatun.gpuengine.compile;

import dev.gatun.engine.memory.Operand;
import dev.gatun.engine.size.Extent;
import dev.gatun.graph.Dim;
import dev.gatun.graph.Node;
import dev.gatun.graph.Value;
import dev.gatun.graph.ValueType;
import dev.gatun.graph.op.BatchNormalization;
import dev.gatun.graph.op.LayerNormalization;
import dev.gatun.graph.op.LocalResponseNormalization;
import dev.gatun.graph.op.RmsNormalization;

/** Normalization of rows. */
final class NormalizationLowering implements OpLowering {
  private static final int THREADS = 256;

  private final GpuLowering lowering;

  NormalizationLowering(GpuLowering lowering) {
    this.lowering = lowering;
  }

  static String refusal(Acceptance acceptance, Node node) {
    if (node.op() instanceof BatchNormalization op) {
      return op.training()
          ? "no kernel for the statistics of training"
          : acceptance.computed(node, 0, 1, 2, 3, 4);
    }
    if (node.op() instanceof LocalResponseNormalization) {
      return acceptance.computed(node, 0);
    }
    if (!(node.input(0).type().dims().getLast() instanceof Dim.Fixed)) {
      return "rows of " + node.input(0).type() + " have no fixed length";
    }
    return acceptance.computed(node, 0, 1, 2);
  }

  @Override
  public void lower(Node node) {
    switch (node.op()) {
      case RmsNormalization op -> rms(node, op);
      case LayerNormalization op -> layer(node, op);
      case BatchNormalization op -> channels(node, op);
      case LocalResponseNormalization op -> local(node, op);
      default -> throw new IllegalStateException(node.op().type());
    }
  }

  /** LocalNormParams of norm.h. */
  private void local(Node node, LocalResponseNormalization op) {
    ValueType x = node.input(0).type();
    Size count = Size.of(lowering.elements(x));
    lowering
        .launch(node, "local_norm")
        .memory(lowering.operand(node.input(0)))
        .memory(lowering.result(node.output()))
        .integer(count)
        .integer(lowering.extents().of(x.dim(1)))
        .integer(lowering.extents().of(x.dims().subList(2, x.rank())))
        .integer((op.size() - 1) / 2)
        .integer(op.size() / 2)
        .real(op.alpha() / op.size())
        .real(op.beta())
        .real(op.bias())
        .run(Grid.items(count, THREADS));
  }

  private void rms(Node node, RmsNormalization op) {
    Value x = node.input(0);
    Operand in = lowering.operand(x);
    Operand scale = lowering.operand(node.input(1));
    Extent rows = lowering.rows(x.type());
    int width = GpuLowering.columns(x.type());
    Operand y = lowering.resultOver(node.output(), x);
    lowering
        .launch(node, "rms_norm")
        .memory(in)
        .memory(scale)
        .memory(y)
        .integer(rows)
        .integer(width)
        .integer(width)
        .integer(width)
        .real(op.epsilon())
        .run(Grid.groups(Size.of(rows), threads(width)));
  }

  private void layer(Node node, LayerNormalization op) {
    Value x = node.input(0);
    Operand in = lowering.operand(x);
    Operand scale = lowering.operand(node.input(1));
    Operand bias = node.inputs().size() > 2 ? lowering.optional(node.input(2)) : null;
    Extent rows = lowering.rows(x.type());
    int width = GpuLowering.columns(x.type());
    Operand y = lowering.resultOver(node.output(), x);
    lowering
        .launch(node, "layer_norm")
        .memory(in)
        .memory(scale)
        .memory(bias)
        .memory(y)
        .integer(rows)
        .integer(width)
        .integer(width)
        .integer(width)
        .integer(bias != null)
        .real(op.epsilon())
        .run(Grid.groups(Size.of(rows), threads(width)));
  }

  private void channels(Node node, BatchNormalization op) {
    Value x = node.input(0);
    ValueType type = x.type();
    Operand in = lowering.operand(x);
    Operand y = lowering.resultOver(node.outputs().getFirst(), x);
    Size count = Size.of(lowering.elements(type));
    boolean line = type.rank() == 1;
    lowering
        .launch(node, "batch_normalization")
        .memory(in)
        .memory(lowering.operand(node.input(1)))
        .memory(lowering.operand(node.input(2)))
        .memory(lowering.operand(node.input(3)))
        .memory(lowering.operand(node.input(4)))
        .memory(y)
        .integer(count)
        .integer(line ? Size.fixed(1) : Size.of(lowering.extents().of(type.dim(1))))
        .integer(
            line
                ? Size.fixed(1)
                : Size.of(lowering.extents().of(type.dims().subList(2, type.rank()))))
        .real(op.epsilon())
        .run(Grid.items(count, THREADS));
  }

  /** Few threads for short rows. */
  private static int threads(int width) {
    return Math.clamp((width + 127L) / 128 * 32, 32, THREADS);
  }
}
