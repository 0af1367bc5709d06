package dev.gatun.quantize.onnx;

import dev.gatun.formats.onnx.ElementTypes;
import dev.gatun.formats.onnx.OnnxAttribute;
import dev.gatun.formats.onnx.OnnxNode;
import dev.gatun.formats.onnx.OnnxTensor;
import dev.gatun.tensor.DType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Nodes compute in 16 bits, except those that are excluded, have bodies, are of other domains, or
 * lose too much; Casts stand at the borders. A node whose values' types are not known is left.
 */
final class HalfFloatPass implements OnnxPass {
  /** Operators that give nonsense or do not exist in 16 bits. */
  private static final Set<String> KEPT =
      Set.of(
          "NonMaxSuppression",
          "TopK",
          "RoiAlign",
          "Range",
          "CumSum",
          "Upsample",
          "Resize",
          "QuantizeLinear",
          "DequantizeLinear",
          "DynamicQuantizeLinear",
          "RandomNormal",
          "RandomNormalLike",
          "RandomUniform",
          "RandomUniformLike",
          "EyeLike",
          "If",
          "Loop",
          "Scan",
          "SequenceConstruct",
          "OneHot",
          "Multinomial",
          "Bernoulli");

  /** Operators that have bfloat16 later than operator set 16 (ONNX's schemas), or never. */
  private static final Map<Long, Set<String>> BFLOAT16_SINCE =
      Map.of(
          20L,
          Set.of("ConstantOfShape", "IsInf"),
          22L,
          Set.of(
              "Acos",
              "Acosh",
              "Asin",
              "Asinh",
              "Atan",
              "Atanh",
              "AveragePool",
              "Conv",
              "ConvTranspose",
              "Cos",
              "Cosh",
              "DeformConv",
              "Det",
              "Dropout",
              "Elu",
              "GRU",
              "GlobalAveragePool",
              "GlobalLpPool",
              "GlobalMaxPool",
              "GridSample",
              "HardSigmoid",
              "HardSwish",
              "InstanceNormalization",
              "LSTM",
              "LpNormalization",
              "LpPool",
              "MaxPool",
              "MaxRoiPool",
              "MaxUnpool",
              "Mish",
              "NegativeLogLikelihoodLoss",
              "RNN",
              "Round",
              "Selu",
              "Sin",
              "Sinh",
              "Softplus",
              "Softsign",
              "Tan",
              "ThresholdedRelu"),
          Long.MAX_VALUE,
          Set.of("Celu", "Compress", "Einsum", "ReverseSequence", "Shrink", "Unique"));

  private static final Set<String> ROWS = Set.of("Flatten", "Softmax", "LogSoftmax", "Hardmax");

  private static final Set<String> WEIGHTED = Set.of("MatMul", "Gemm", "Conv", "Gather");

  private final HalfFloat scheme;
  private final Set<String> floats;
  private final Set<String> halves = new HashSet<>();
  private final Map<String, String> narrowed = new HashMap<>();
  private final Map<String, String> widened = new HashMap<>();

  /**
   * @param floats names of the values that are F32
   */
  HalfFloatPass(HalfFloat scheme, Set<String> floats) {
    this.scheme = scheme;
    this.floats = new HashSet<>(floats);
  }

  @Override
  public void apply(ModelEdit edit, OnnxQuantizeOptions options, PassLog log) {
    if (scheme.dtype() == DType.BF16) {
      OpsetUpgrade.apply(edit, 16);
      nameRows(edit);
    }
    Set<String> outputs = new HashSet<>();
    edit.outputs().forEach(output -> outputs.add(output.name()));
    // Bodies stay as they are, and so does what they read from outside.
    edit.nodes().forEach(node -> outputs.addAll(Nodes.readWithin(node)));
    Set<OnnxNode> edges = scheme.keepEdges() ? edges(edit) : Set.of();
    HalfConstants constants = new HalfConstants(edit, scheme.dtype(), log);
    List<OnnxNode> nodes = new ArrayList<>();
    for (OnnxNode node : List.copyOf(edit.nodes())) {
      Optional<String> reason =
          options.isExcluded(node.name())
              ? Optional.of("excluded")
              : edges.contains(node)
                  ? Optional.of("first or last layer")
                  : refusal(node, edit.opset(""));
      if (Nodes.is(node, "Constant")) {
        nodes.add(node);
      } else if (!touches(edit, node)) {
        nodes.add(node);
      } else if (reason.isPresent()) {
        log.kept(node, reason.get());
        List<String> inputs = new ArrayList<>();
        for (String input : node.inputs()) {
          inputs.add(halves.contains(input) ? cast(edit, input, DType.F32, widened, nodes) : input);
        }
        nodes.add(Nodes.withInputs(node, inputs));
      } else {
        convert(edit, node, outputs, constants, nodes);
        log.changed(node, scheme.dtype() == DType.F16 ? "float16" : "bfloat16");
      }
    }
    edit.setNodes(nodes);
    edit.setValues(edit.values().stream().filter(value -> !halves.contains(value.name())).toList());
  }

  /** The upgrade made Softmax work on rows, which nobody has named yet. */
  private void nameRows(ModelEdit edit) {
    for (OnnxNode node : edit.nodes()) {
      if (ROWS.contains(node.type()) && floats.contains(node.inputs().getFirst())) {
        floats.addAll(node.outputs());
      }
    }
  }

  private static boolean hasBfloat16(String type, long opset) {
    return BFLOAT16_SINCE.entrySet().stream()
        .noneMatch(since -> since.getValue().contains(type) && opset < since.getKey());
  }

  private Optional<String> refusal(OnnxNode node, long opset) {
    if (!node.domain().isEmpty()) {
      return Optional.of("of domain " + node.domain());
    }
    if (scheme.dtype() == DType.BF16 && !hasBfloat16(node.type(), opset)) {
      return Optional.of("%s has no bfloat16 in operator set %d".formatted(node.type(), opset));
    }
    return KEPT.contains(node.type())
        ? Optional.of(node.type() + " stays in 32 bits")
        : Optional.empty();
  }

  /** Whether the node computes with floating numbers. */
  private boolean touches(ModelEdit edit, OnnxNode node) {
    if (node.type().equals("Shape") || node.type().equals("Size")) {
      return false;
    }
    return node.inputs().stream().anyMatch(input -> isFloat(edit, input))
        || node.outputs().stream().anyMatch(floats::contains);
  }

  private boolean isFloat(ModelEdit edit, String value) {
    return floats.contains(value)
        || edit.constant(value).filter(tensor -> tensor.elementType() == 1).isPresent();
  }

  private static Set<OnnxNode> edges(ModelEdit edit) {
    List<OnnxNode> weighted =
        edit.nodes().stream()
            .filter(node -> WEIGHTED.contains(node.type()))
            .filter(node ->
                node.inputs().stream()
                    .anyMatch(input ->
                        edit.constant(input)
                            .filter(
                                tensor -> WeightMatrix.isFloat(tensor) && tensor.shape().rank() > 1)
                            .isPresent()))
            .toList();
    return weighted.isEmpty() ? Set.of() : Set.of(weighted.getFirst(), weighted.getLast());
  }

  private void convert(
      ModelEdit edit,
      OnnxNode node,
      Set<String> outputs,
      HalfConstants constants,
      List<OnnxNode> nodes) {
    List<String> inputs = new ArrayList<>();
    for (String input : node.inputs()) {
      Optional<OnnxTensor> constant = edit.constant(input);
      if (constant.isPresent()) {
        boolean real = constant.get().elementType() == 1;
        inputs.add(real ? constants.half(input, constant.get(), node) : input);
      } else if (floats.contains(input) && !halves.contains(input)) {
        inputs.add(cast(edit, input, scheme.dtype(), narrowed, nodes));
      } else {
        inputs.add(input);
      }
    }
    List<String> made = new ArrayList<>();
    List<OnnxNode> after = new ArrayList<>();
    for (String output : node.outputs()) {
      if (!floats.contains(output)) {
        made.add(output);
      } else if (outputs.contains(output)) {
        String half = edit.unique(output + "_half");
        made.add(half);
        narrowed.put(output, half);
        after.add(castNode(edit, half, output, DType.F32));
      } else {
        halves.add(output);
        made.add(output);
      }
    }
    nodes.add(Nodes.with(Nodes.withOutputs(Nodes.withInputs(node, inputs), made), typed(node)));
    nodes.addAll(after);
  }

  /** Attributes that name the type of the output. */
  private Map<String, OnnxAttribute> typed(OnnxNode node) {
    Map<String, OnnxAttribute> attributes = new LinkedHashMap<>(node.attributes());
    if (node.type().equals("Cast") && Nodes.integer(node, "to", 0) == 1) {
      attributes.put("to", new OnnxAttribute.Int(ElementTypes.number(scheme.dtype())));
    }
    if (node.type().equals("ConstantOfShape")
        && attributes.get("value") instanceof OnnxAttribute.OfTensor(OnnxTensor value)) {
      attributes.put(
          "value",
          new OnnxAttribute.OfTensor(
              OnnxTensor.of(
                  "", Floats.tensor(scheme.dtype(), value.shape(), value.tensor().toFloats()))));
    }
    return attributes;
  }

  private static String cast(
      ModelEdit edit, String value, DType to, Map<String, String> done, List<OnnxNode> nodes) {
    return done.computeIfAbsent(
        value,
        name -> {
          String result = edit.unique(name + (to == DType.F32 ? "_float" : "_half"));
          nodes.add(castNode(edit, name, result, to));
          return result;
        });
  }

  private static OnnxNode castNode(ModelEdit edit, String from, String result, DType to) {
    return Nodes.of(
        edit.unique(result + "_Cast"),
        "Cast",
        List.of(from),
        result,
        Map.of("to", new OnnxAttribute.Int(ElementTypes.number(to))));
  }
}
