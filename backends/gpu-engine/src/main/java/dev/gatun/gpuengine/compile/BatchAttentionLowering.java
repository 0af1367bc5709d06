package dev.gatun.gpuengine.compile;

import dev.gatun.engine.memory.Operand;
import dev.gatun.graph.Node;
import dev.gatun.graph.StateSpec;
import dev.gatun.graph.ValueType;
import dev.gatun.graph.op.Attention;
import dev.gatun.runtime.spi.BackendException;
import dev.gatun.tensor.DType;

/** Attention within a batch, padded or flat, of which nothing is kept. */
final class BatchAttentionLowering implements OpLowering {
  private static final int THREADS = 256;

  /** QUERIES of batch_attention.h. */
  private static final int QUERIES = 16;

  /** HEAD_DIM of batch_attention.h. */
  private static final int MOST_DIM = 128;

  private final GpuLowering lowering;

  BatchAttentionLowering(GpuLowering lowering) {
    this.lowering = lowering;
  }

  static String refusal(Acceptance acceptance, Node node) {
    StateSpec spec = ((Attention) node.op()).spec();
    if (spec.keyDim() > MOST_DIM || spec.effectiveValueDim() > MOST_DIM) {
      return "heads of %d and %d elements are more than %d"
          .formatted(spec.keyDim(), spec.effectiveValueDim(), MOST_DIM);
    }
    for (int i = 3; i < 5; i++) {
      DType dtype = node.input(i).type().dtype();
      if (!node.input(i).isAbsent() && dtype != DType.I32) {
        return "'" + node.input(i).name() + "' is " + dtype + ", not I32";
      }
    }
    return acceptance.computed(node, 0, 1, 2, 5);
  }

  /** BatchAttentionParams of batch_attention.h. */
  @Override
  public void lower(Node node) {
    Attention op = (Attention) node.op();
    StateSpec spec = op.spec();
    ValueType q = node.input(0).type();
    boolean flat = q.rank() == 2;
    if (flat && lowering.arithmetic().deterministic()) {
      throw new BackendException(
          "node '"
              + node.name()
              + "': attention within a batch adds up in an order that depends on the other sequences,"
              + " so the same bits cannot be promised; leave out --deterministic, or take cpu or vector");
    }
    Operand k = lowering.operand(node.input(1));
    Operand v = spec.valueDim() == 0 ? k : lowering.operand(node.input(2));
    Operand bias = node.inputs().size() > 5 ? lowering.optional(node.input(5)) : null;
    Size tokens = Size.of(lowering.extents().of(q.dim(-2)));
    Size batch = flat ? Size.fixed(1) : Size.of(lowering.extents().of(q.dim(0)));
    lowering
        .launch(node, "batch_attention")
        .memory(lowering.operand(node.input(0)))
        .memory(k)
        .memory(v)
        .memory(bias)
        .memory(flat ? lowering.operand(node.input(3)) : null)
        .memory(flat ? lowering.operand(node.input(4)) : null)
        .memory(lowering.result(node.output()))
        .integer(tokens)
        .integer(op.heads())
        .integer(spec.kvHeads())
        .integer(spec.keyDim())
        .integer(spec.effectiveValueDim())
        .integer(spec.valueDim() == 0 ? spec.keyDim() : spec.valueDim())
        .integer(flat)
        .integer(bias != null)
        .integer(op.causal())
        .integer(spec.window())
        .real(op.scale())
        .real(op.softcap())
        .run(new Grid(THREADS, tokens.pieces(QUERIES), Size.fixed(op.heads()), batch));
  }
}
