package dev.gatun.quantize.onnx;

import dev.gatun.formats.onnx.OnnxNode;
import dev.gatun.formats.onnx.OnnxTensor;
import dev.gatun.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A MatMul or Gemm whose second factor is constant.
 *
 * @param node the node
 * @param weight the constant
 */
record MatrixProduct(OnnxNode node, OnnxTensor weight) {
  /** What a node is; empty for other nodes and for products of two computed values. */
  static Optional<MatrixProduct> of(ModelEdit edit, OnnxNode node) {
    if (!Nodes.is(node, "MatMul") && !Nodes.is(node, "Gemm")) {
      return Optional.empty();
    }
    return edit.constant(node.inputs().get(1)).map(weight -> new MatrixProduct(node, weight));
  }

  boolean isGemm() {
    return node.type().equals("Gemm");
  }

  String input() {
    return node.inputs().getFirst();
  }

  String weightName() {
    return node.inputs().get(1);
  }

  /** Whether the constant is stored [n, k]. */
  boolean isTransposed() {
    return isGemm() && Nodes.integer(node, "transB", 0) != 0;
  }

  /** What is added to the product. */
  Optional<String> bias() {
    return isGemm() && node.inputs().size() > 2 && !node.inputs().get(2).isEmpty()
        ? Optional.of(node.inputs().get(2))
        : Optional.empty();
  }

  /** Why it cannot be quantized; empty when it can. */
  Optional<String> refusal() {
    if (!WeightMatrix.isFloat(weight)) {
      return Optional.of("its weight is not of floating numbers");
    }
    if (weight.shape().rank() != 2) {
      return Optional.of("its weight has %d dimensions".formatted(weight.shape().rank()));
    }
    boolean plain =
        !isGemm()
            || (Nodes.integer(node, "transA", 0) == 0
                && Nodes.real(node, "alpha", 1) == 1
                && Nodes.real(node, "beta", 1) == 1);
    return plain ? Optional.empty() : Optional.of("it transposes or scales");
  }

  /** Why its factors cannot both be quantized; empty when they can. */
  Optional<String> integerRefusal() {
    return refusal()
        .or(() ->
            weight.elementType() == WeightMatrix.F32
                ? Optional.empty()
                : Optional.of("it computes in 16 bits; take the model of 32 bits"));
  }

  /** The weights [k, n]. */
  WeightMatrix matrix(ModelEdit edit) {
    WeightMatrix stored = WeightMatrix.of(edit, weight, weightName());
    return isTransposed() ? stored.transposed() : stored;
  }

  /** Extents of {@link #matrix}, which is not read. */
  Shape shape() {
    Shape stored = weight.shape();
    return isTransposed() ? Shape.of(stored.dim(1), stored.dim(0)) : stored;
  }

  /** The same product of other values, with what is added. */
  List<OnnxNode> with(ModelEdit edit, String input, String other) {
    List<OnnxNode> nodes = new ArrayList<>();
    String output = node.outputs().getFirst();
    String product = bias().isPresent() ? edit.unique(output + "_product") : output;
    nodes.add(Nodes.of(node.name(), "MatMul", List.of(input, other), product));
    bias()
        .ifPresent(bias ->
            nodes.add(
                Nodes.of(
                    edit.unique(node.name() + "_bias"), "Add", List.of(product, bias), output)));
    return nodes;
  }
}
