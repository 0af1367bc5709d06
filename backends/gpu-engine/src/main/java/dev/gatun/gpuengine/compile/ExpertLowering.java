package dev.gatun.gpuengine.compile;

import dev.gatun.engine.memory.Operand;
import dev.gatun.engine.size.Extent;
import dev.gatun.graph.Node;
import dev.gatun.graph.Value;
import dev.gatun.graph.op.MixtureOfExperts;

/**
 * Mixtures of experts. A token and one of its experts are a pair: products run over all pairs, each
 * with the matrices of its expert; then a token's results are summed.
 */
final class ExpertLowering implements OpLowering {
  private static final int MOST_EXPERTS = 512;
  private static final int OUTPUTS = 4;
  private static final int THREADS = 256;

  private final GpuLowering lowering;

  ExpertLowering(GpuLowering lowering) {
    this.lowering = lowering;
  }

  static String refusal(Acceptance acceptance, Node node) {
    MixtureOfExperts op = (MixtureOfExperts) node.op();
    if (op.experts() > MOST_EXPERTS) {
      return op.experts() + " experts are more than " + MOST_EXPERTS;
    }
    for (int i = 2; i < 5; i++) {
      Value weights = node.input(i);
      if (!acceptance.isConstant(weights)) {
        return "experts '" + weights.name() + "' are not constant";
      }
      if (!acceptance.has(kernel(weights))) {
        return "weights of format " + weights.type().dtype() + " are not read";
      }
    }
    return acceptance.computed(node, 0, 1, 5);
  }

  private static String kernel(Value weights) {
    return "expert_matvec_" + Acceptance.suffix(weights.type().dtype());
  }

  @Override
  public void lower(Node node) {
    MixtureOfExperts op = (MixtureOfExperts) node.op();
    Value x = node.input(0);
    Extent tokens = lowering.rows(x.type());
    Size pairs = Size.of(tokens).times(Size.fixed(op.used()));
    int width = GpuLowering.columns(x.type());
    int hidden = Math.toIntExact(node.input(2).type().dim(1).max());
    Operand bias = node.inputs().size() > 5 ? lowering.optional(node.input(5)) : null;
    Operand ids = perPair(tokens, op, 1);
    Operand weights = perPair(tokens, op, 1);
    lowering
        .launch(node, "route")
        .memory(lowering.operand(node.input(1)))
        .memory(bias)
        .memory(ids)
        .memory(weights)
        .integer(op.experts())
        .integer(op.used())
        .integer(op.gating() == MixtureOfExperts.Gating.SIGMOID)
        .integer(op.normalize())
        .integer(bias != null)
        .real(op.weightScale())
        .run(Grid.groups(Size.of(tokens), 32));
    Operand in = lowering.operand(x);
    Operand gate = perPair(tokens, op, hidden);
    Operand up = perPair(tokens, op, hidden);
    product(node, in, node.input(2), ids, gate, pairs, op.used());
    product(node, in, node.input(3), ids, up, pairs, op.used());
    Size columns = Size.fixed(hidden);
    lowering
        .launch(node, "gated")
        .memory(gate)
        .memory(up)
        .memory(gate)
        .integer(pairs)
        .integer(hidden)
        .integer(ParameterBlock.code(op.activation()))
        .integer(hidden)
        .integer(hidden)
        .run(Grid.groups(columns.pieces(THREADS), pairs, THREADS));
    Operand down = perPair(tokens, op, width);
    product(node, gate, node.input(4), ids, down, pairs, 1);
    lowering
        .launch(node, "expert_sum")
        .memory(down)
        .memory(weights)
        .memory(lowering.result(node.output()))
        .integer(op.used())
        .integer(width)
        .run(Grid.groups(Size.fixed(width).pieces(THREADS), Size.of(tokens), THREADS));
  }

  /** Working memory of so many elements of four bytes for each pair. */
  private Operand perPair(Extent tokens, MixtureOfExperts op, long elements) {
    return lowering.storages().arena(bound -> 4L * bound.of(tokens) * op.used() * elements);
  }

  /**
   * Products of all pairs with the matrices of their experts.
   *
   * @param share pairs that share a row of x
   */
  private void product(
      Node node, Operand x, Value matrices, Operand ids, Operand y, Size pairs, int share) {
    long experts = matrices.type().dim(0).max();
    long out = matrices.type().dim(1).max();
    lowering
        .launch(node, kernel(matrices))
        .memory(x)
        .weights(lowering.stored(matrices), matrices.type().dtype())
        .memory(ids)
        .memory(y)
        .integer(matrices.type().dim(2).max())
        .integer(out)
        .integer(experts)
        .integer(share)
        .run(Grid.groups(Size.fixed(out).pieces(OUTPUTS), pairs, 32 * OUTPUTS));
  }
}
