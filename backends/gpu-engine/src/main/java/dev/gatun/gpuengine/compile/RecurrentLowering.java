package dev.gatun.gpuengine.compile;

import dev.gatun.engine.memory.Operand;
import dev.gatun.graph.Node;
import dev.gatun.graph.ValueType;
import dev.gatun.graph.op.Recurrent;
import dev.gatun.graph.op.Recurrent.Activation;
import dev.gatun.tensor.DType;

/** Recurrent layers. */
final class RecurrentLowering implements OpLowering {
  private static final int THREADS = 256;
  private static final int SIMD = 32;

  /** HIDDEN of recurrent.h. */
  private static final int MOST_HIDDEN = 1024;

  /** Functions that its parameters hold. */
  private static final int FUNCTIONS = 6;

  private final GpuLowering lowering;

  RecurrentLowering(GpuLowering lowering) {
    this.lowering = lowering;
  }

  static String refusal(Acceptance acceptance, Node node) {
    Recurrent op = (Recurrent) node.op();
    if (op.hidden() > MOST_HIDDEN) {
      return "a state of %d numbers is more than %d".formatted(op.hidden(), MOST_HIDDEN);
    }
    if (node.input(0).type().dtype() != DType.F32) {
      return "no kernel for " + node.input(0).type().dtype();
    }
    boolean lengths = node.inputs().size() > 4 && !node.input(4).isAbsent();
    if (lengths && node.input(4).type().dtype() != DType.I32) {
      return "lengths are " + node.input(4).type().dtype() + ", not I32";
    }
    return acceptance.computed(node, 1, 2, 3, 5, 6, 7);
  }

  private Operand optional(Node node, int input) {
    return input < node.inputs().size() ? lowering.optional(node.input(input)) : null;
  }

  /** RecurrentParams of recurrent.h. */
  @Override
  public void lower(Node node) {
    Recurrent op = (Recurrent) node.op();
    ValueType x = node.input(0).type();
    Operand bias = optional(node, 3);
    Operand lengths = optional(node, 4);
    Operand h = optional(node, 5);
    Operand c = optional(node, 6);
    Operand peepholes = optional(node, 7);
    boolean lstm = op.kind() == Recurrent.Kind.LSTM;
    Size time = Size.of(lowering.extents().of(x.dim(op.batchFirst() ? 1 : 0)));
    Size batch = Size.of(lowering.extents().of(x.dim(op.batchFirst() ? 0 : 1)));
    KernelStep.Builder step =
        lowering
            .launch(node, "recurrent")
            .memory(lowering.operand(node.input(0)))
            .memory(lowering.single(node.input(1)))
            .memory(lowering.single(node.input(2)))
            .memory(bias)
            .memory(lengths)
            .memory(h)
            .memory(c)
            .memory(peepholes)
            .memory(lowering.result(node.outputs().get(0)))
            .memory(lowering.result(node.outputs().get(1)))
            .memory(lstm ? lowering.result(node.outputs().get(2)) : null)
            .integer(ParameterBlock.code(op.kind()))
            .integer(time)
            .integer(batch)
            .integer(lowering.extents().of(x.dim(2)))
            .integer(op.hidden())
            .integer(op.directions())
            .integer(op.direction() == Recurrent.Direction.REVERSE)
            .integer(op.batchFirst())
            .integer(bias != null)
            .integer(lengths != null)
            .integer(h != null)
            .integer(c != null)
            .integer(peepholes != null)
            .integer(op.inputForget())
            .integer(op.linearBeforeReset())
            .real(op.clip().orElse(Double.POSITIVE_INFINITY));
    for (int i = 0; i < FUNCTIONS; i++) {
      step.integer(ParameterBlock.code(activation(op, i).function()));
    }
    for (int i = 0; i < FUNCTIONS; i++) {
      step.real(activation(op, i).alpha());
    }
    for (int i = 0; i < FUNCTIONS; i++) {
      step.real(activation(op, i).beta());
    }
    int threads = Math.min(THREADS, (op.hidden() + SIMD - 1) / SIMD * SIMD);
    step.run(Grid.groups(batch, Size.fixed(op.directions()), threads));
  }

  private static Activation activation(Recurrent op, int index) {
    return op.activations().get(Math.min(index, op.activations().size() - 1));
  }
}
