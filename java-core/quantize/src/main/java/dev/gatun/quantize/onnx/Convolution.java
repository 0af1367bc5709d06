package dev.gatun.quantize.onnx;

import dev.gatun.formats.onnx.OnnxNode;
import dev.gatun.formats.onnx.OnnxTensor;
import dev.gatun.tensor.Shape;
import dev.gatun.tensor.Tensor;
import java.util.Optional;

/** What passes ask of a Conv node. */
final class Convolution {
  private Convolution() {}

  /** Why it cannot be quantized; empty when it can. */
  static Optional<String> refusal(ModelEdit edit, OnnxNode node) {
    Optional<OnnxTensor> filters = edit.constant(node.inputs().get(1));
    if (filters.isEmpty()) {
      return Optional.of("its filters are computed");
    }
    if (!WeightMatrix.isFloat(filters.get())) {
      return Optional.of("its filters are not of floating numbers");
    }
    if (filters.get().elementType() != WeightMatrix.F32) {
      return Optional.of("it computes in 16 bits; take the model of 32 bits");
    }
    Optional<String> bias = bias(node);
    return bias.isPresent() && edit.constant(bias.get()).isEmpty()
        ? Optional.of("its bias is computed")
        : Optional.empty();
  }

  /** Whether each channel has filters of its own. */
  static boolean isDepthwise(ModelEdit edit, OnnxNode node) {
    long groups = Nodes.integer(node, "group", 1);
    return groups > 1
        && edit.constant(node.inputs().get(1))
            .filter(filters -> filters.shape().rank() > 1 && filters.shape().dim(1) == 1)
            .isPresent();
  }

  static Optional<String> bias(OnnxNode node) {
    return node.inputs().size() > 2 && !node.inputs().get(2).isEmpty()
        ? Optional.of(node.inputs().get(2))
        : Optional.empty();
  }

  /** The bias in a shape that is added to the output. */
  static String reshapedBias(ModelEdit edit, String bias, long... shape) {
    Tensor stored = edit.constant(bias).orElseThrow().tensor();
    return edit.add(bias + "_reshaped", stored.reshape(Shape.of(shape)));
  }
}
