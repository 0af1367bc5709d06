package dev.gatun.quantize.onnx;

import dev.gatun.formats.onnx.OnnxModel;
import dev.gatun.formats.onnx.OnnxNode;
import dev.gatun.formats.onnx.OnnxTensor;
import dev.gatun.formats.onnx.OnnxValueInfo;
import dev.gatun.quantize.onnx.OnnxQuantizeReport.Refusal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What a target would refuse, or run on the processor instead. From the vendors' documentation and
 * the reports of users; no vendor's compiler is asked.
 */
final class TargetCheck {
  private static final Set<String> INTEGER =
      Set.of("DynamicQuantizeLinear", "MatMulInteger", "ConvInteger");
  private static final Set<String> PAIRS = Set.of("QuantizeLinear", "DequantizeLinear");

  private final OnnxModel model;
  private final OnnxTarget target;
  private final List<Refusal> refusals = new ArrayList<>();
  private final Map<String, OnnxNode> producers = new HashMap<>();

  private TargetCheck(OnnxModel model, OnnxTarget target) {
    this.model = model;
    this.target = target;
    model
        .graph()
        .nodes()
        .forEach(node -> node.outputs().forEach(output -> producers.put(output, node)));
  }

  static List<Refusal> of(OnnxModel model, OnnxTarget target) {
    TargetCheck check = new TargetCheck(model, target);
    if (target == OnnxTarget.QNN_HTP) {
      check.shapes();
    }
    model
        .graph()
        .nodes()
        .forEach(node ->
            check
                .reason(node)
                .ifPresent(
                    reason -> check.refusals.add(new Refusal(node.label(), node.type(), reason))));
    return check.refusals;
  }

  private Optional<String> reason(OnnxNode node) {
    return switch (target) {
      case AVX2 -> saturates(node);
      case VNNI, ARM64 -> Optional.empty();
      case OPENVINO -> openvino(node);
      case TENSORRT -> tensorrt(node);
      case QNN_HTP -> htp(node);
    };
  }

  private Optional<String> saturates(OnnxNode node) {
    if (!node.type().equals("DequantizeLinear") && !node.type().endsWith("Integer")) {
      return Optional.empty();
    }
    String name = node.inputs().get(node.type().endsWith("Integer") ? 1 : 0);
    OnnxTensor weights = model.graph().initializers().get(name);
    if (weights == null || weights.elementType() != 3 || weights.shape().rank() < 2) {
      return Optional.empty();
    }
    for (float code : weights.tensor().toFloats()) {
      if (Math.abs(code) > 64) {
        return Optional.of(
            "weights of 8 bits saturate the 16-bit sums of AVX2: wrong results; use --reduce-range");
      }
    }
    return Optional.empty();
  }

  private Optional<String> openvino(OnnxNode node) {
    boolean tiny = node.type().equals("MatMulNBits") && Nodes.integer(node, "bits", 4) == 2;
    return tiny ? Optional.of("blocks of 2 bits are not read; use int4") : Optional.empty();
  }

  private Optional<String> tensorrt(OnnxNode node) {
    if (INTEGER.contains(node.type())) {
      return Optional.of("integer operators are not read; use --static, which writes QDQ");
    }
    if (!node.domain().isEmpty()) {
      return Optional.of("operators of domain %s are not read".formatted(node.domain()));
    }
    if (PAIRS.contains(node.type()) && hasZero(node)) {
      return Optional.of("its zero point is not 0; use --symmetric");
    }
    return Optional.empty();
  }

  private boolean hasZero(OnnxNode node) {
    OnnxTensor zero =
        node.inputs().size() < 3 ? null : model.graph().initializers().get(node.inputs().get(2));
    if (zero == null) {
      return false;
    }
    for (float code : zero.tensor().toFloats()) {
      if (code != 0) {
        return true;
      }
    }
    return false;
  }

  private void shapes() {
    for (OnnxValueInfo input : model.graph().inputs()) {
      boolean open =
          input.dims().isEmpty()
              || input.dims().get().stream().anyMatch(OnnxValueInfo.Named.class::isInstance);
      if (open) {
        refusals.add(
            new Refusal(input.name(), "input", "its shape is open; fix it with --dim NAME=SIZE"));
      }
    }
  }

  private Optional<String> htp(OnnxNode node) {
    if (INTEGER.contains(node.type())) {
      return Optional.of("integer operators run on the processor; use --static");
    }
    boolean blocks =
        node.type().equals("MatMulNBits")
            || (node.type().equals("DequantizeLinear") && Nodes.integer(node, "block_size", 0) > 0);
    if (blocks) {
      return Optional.of("weights in blocks run on the processor; use --static (per channel)");
    }
    if (PAIRS.contains(node.type()) || node.type().equals("Constant")) {
      return Optional.empty();
    }
    boolean quantized =
        node.inputs().stream()
            .map(producers::get)
            .anyMatch(producer -> producer != null && producer.type().equals("DequantizeLinear"));
    boolean matters =
        Set.of("MatMul", "Gemm", "Conv", "Softmax", "Mul", "Add").contains(node.type());
    return matters && !quantized
        ? Optional.of("it is not quantized and runs in floats, on the processor where HTP has none")
        : Optional.empty();
  }
}
