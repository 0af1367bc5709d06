package dev.gatun.gpuengine.compile;

import dev.gatun.graph.Node;
import dev.gatun.graph.Value;
import dev.gatun.graph.op.Dft;
import dev.gatun.graph.op.Sizing;
import dev.gatun.graph.op.Stft;
import dev.gatun.tensor.Shape;

/** Fourier transforms, by their definition: work grows with the square of a line. */
final class FourierLowering implements OpLowering {
  private static final int THREADS = 128;

  private final GpuLowering lowering;

  FourierLowering(GpuLowering lowering) {
    this.lowering = lowering;
  }

  static String refusal(Acceptance acceptance, Node node) {
    return node.op() instanceof Stft
        ? acceptance.computed(node, 0, 2)
        : acceptance.computed(node, 0);
  }

  @Override
  public void lower(Node node) {
    switch (node.op()) {
      case Dft op -> transform(node, op);
      case Stft op -> frames(node, op);
      default -> throw new IllegalStateException(node.op().type());
    }
  }

  private void transform(Node node, Dft op) {
    Decision decision = Decision.of(lowering, node);
    launch(node, Value.ABSENT)
        .integer(decision.size(sizing -> outer(op, sizing) * inner(op, sizing)))
        .integer(decision.size(sizing -> inner(op, sizing)))
        .integer(decision.size(sizing -> sizing.shape(0).dim(op.axis(sizing))))
        .integer(1)
        .integer(0)
        .integer(decision.size(op::length))
        .integer(decision.size(sizing -> op.shapes(sizing).getFirst().dim(op.axis(sizing))))
        .integer(lowering.extents().of(node.input(0).type().dim(-1)))
        .integer(false)
        .integer(op.inverse())
        .run(grid(node));
  }

  private static long outer(Dft op, Sizing sizing) {
    return product(sizing.shape(0), 0, op.axis(sizing));
  }

  private static long inner(Dft op, Sizing sizing) {
    Shape x = sizing.shape(0);
    return product(x, op.axis(sizing) + 1, x.rank() - 1);
  }

  private static long product(Shape shape, int from, int to) {
    long product = 1;
    for (int axis = from; axis < to; axis++) {
      product *= shape.dim(axis);
    }
    return product;
  }

  private void frames(Node node, Stft op) {
    Decision decision = Decision.of(lowering, node);
    Value window = node.inputs().size() > 2 ? node.input(2) : Value.ABSENT;
    launch(node, window)
        .integer(decision.size(sizing -> sizing.shape(0).dim(0)))
        .integer(1)
        .integer(decision.size(sizing -> sizing.shape(0).dim(1)))
        .integer(decision.size(sizing -> op.shapes(sizing).getFirst().dim(1)))
        .integer(decision.size(op::step))
        .integer(decision.size(op::frame))
        .integer(decision.size(sizing -> op.shapes(sizing).getFirst().dim(2)))
        .integer(lowering.extents().of(node.input(0).type().dim(-1)))
        .integer(!window.isAbsent())
        .integer(false)
        .run(grid(node));
  }

  /** Begins with the memory; FourierParams of fourier.h follow. */
  private KernelStep.Builder launch(Node node, Value window) {
    return lowering
        .launch(node, "fourier")
        .memory(lowering.operand(node.input(0)))
        .memory(lowering.optional(window))
        .memory(lowering.result(node.output()));
  }

  private Grid grid(Node node) {
    Size numbers = Size.of(lowering.elements(node.output().type()));
    return Grid.items(sizes -> numbers.of(sizes) / 2, THREADS);
  }
}
