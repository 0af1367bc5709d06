package dev.gatun.formats.onnx;

import dev.gatun.graph.Dim;
import dev.gatun.graph.Value;
import dev.gatun.graph.ValueType;
import dev.gatun.graph.op.Binary;
import dev.gatun.graph.op.Gather;
import dev.gatun.graph.op.MatMul;
import dev.gatun.graph.op.Unary;
import dev.gatun.tensor.Shape;
import dev.gatun.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Operators that ONNX Runtime contributes (domain com.microsoft), where Gatun has their meaning.
 */
final class ContributedOps {
  private static final String DOMAIN = "com.microsoft:";

  private ContributedOps() {}

  static void register(OpImporters ops) {
    ops.add(DOMAIN + "QuickGelu", ContributedOps::quickGelu);
    ops.add(DOMAIN + "Gelu", node -> node.result(new Unary(Unary.Function.GELU), node.value(0)));
    ops.add(DOMAIN + "MatMulNBits", ContributedOps::product);
    ops.add(DOMAIN + "GatherBlockQuantized", ContributedOps::rows);
  }

  /** {@code x * sigmoid(alpha * x)}. */
  private static List<Imported> quickGelu(NodeScope node) {
    float alpha = node.real("alpha", 1.702f);
    if (alpha == 1) {
      return node.result(new Unary(Unary.Function.SILU), node.value(0));
    }
    Value x = node.value(0);
    var mul = new Binary(Binary.Function.MUL);
    Value scaled = node.step("scaled", mul, x, node.scalar("alpha", alpha));
    Value gate = node.step("gate", new Unary(Unary.Function.SIGMOID), scaled);
    return node.result(mul, x, gate);
  }

  /**
   * Weights in blocks keep their codes where the file lets activations be rounded to 8 bits
   * (accuracy level 4), as our kernels for them do; else they become F32.
   */
  private static List<Imported> product(NodeScope node) {
    if (node.has(4)) {
      throw node.unsupported("it has a group index");
    }
    BlockWeights weights =
        BlockWeights.of(
            node,
            1,
            2,
            3,
            node.integer("N", 0),
            Math.toIntExact(node.integer("K", 0)),
            Math.toIntExact(node.integer("bits", 4)),
            Math.toIntExact(node.integer("block_size", 32)));
    boolean rounded = node.integer("accuracy_level", 0) == 4;
    Optional<Tensor> blocked = rounded ? weights.blocked() : Optional.empty();
    Value w = node.constant("w", blocked.orElseGet(weights::decoded));
    if (!node.has(5)) {
      return node.result(new MatMul(true), node.value(0), w);
    }
    Value product = node.step("product", new MatMul(true), node.value(0), w);
    return node.result(new Binary(Binary.Function.ADD), product, node.value(5));
  }

  /** Rows of a table in blocks: the codes of a row lie in the axes behind the first. */
  private static List<Imported> rows(NodeScope node) {
    Shape stored =
        node.constant(0).orElseThrow(() -> node.unsupported("its codes are computed")).shape();
    int rank = stored.rank();
    int bits = Math.toIntExact(node.integer("bits", 4));
    int block = Math.toIntExact(node.integer("block_size", 128));
    if (node.axis(node.integer("gather_axis", 0), rank) != 0
        || node.axis(node.integer("quantize_axis", 1), rank) != rank - 1) {
      throw node.unsupported(
          "it picks along another axis than the first, or its blocks do not lie along the last");
    }
    long[] dims = stored.toArray();
    dims[rank - 1] = Math.multiplyExact(dims[rank - 1], 8 / bits);
    if (dims[rank - 1] % block != 0) {
      throw node.unsupported(
          "its last axis of %d is not whole blocks of %d".formatted(dims[rank - 1], block));
    }
    int width = 1;
    for (int axis = 1; axis < rank; axis++) {
      width = Math.multiplyExact(width, Math.toIntExact(dims[axis]));
    }
    BlockWeights weights = BlockWeights.of(node, 0, 2, 3, dims[0], width, bits, block);
    Value table = node.constant("w", weights.blocked().orElseGet(weights::decoded));
    Value picked = node.step("rows", new Gather(0), table, node.value(1));
    List<Dim> shape = new ArrayList<>(node.type(1).dims());
    for (int axis = 1; axis < rank; axis++) {
      shape.add(Dim.of(dims[axis]));
    }
    return new Composition(node).finish(picked, new ValueType(node.type(2).dtype(), shape));
  }
}
