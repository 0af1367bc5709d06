package dev.gatun.quantize.onnx;

import dev.gatun.formats.onnx.OnnxAttribute;
import dev.gatun.formats.onnx.OnnxNode;
import dev.gatun.tensor.GatunException;
import dev.gatun.tensor.Shape;
import dev.gatun.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Raises the version of the standard operator set, where the model's operators mean the same in
 * both, or where only their form changed: attributes that became inputs, the axes of Softmax.
 */
final class OpsetUpgrade {
  private static final long LOWEST = 7;

  /** The version that changed an operator in its meaning, or withdrew it. */
  private static final Map<String, Long> CHANGED =
      Map.ofEntries(
          Map.entry("Upsample", 10L),
          Map.entry("Scatter", 11L),
          Map.entry("If", 11L),
          Map.entry("Loop", 11L),
          Map.entry("Scan", 11L),
          Map.entry("Optional", 18L),
          Map.entry("OptionalGetElement", 18L),
          Map.entry("OptionalHasElement", 18L),
          Map.entry("GridSample", 20L),
          Map.entry("GroupNormalization", 21L));

  private static final Set<String> SOFTMAXES = Set.of("Softmax", "LogSoftmax", "Hardmax");

  private static final Set<String> REDUCTIONS =
      Set.of(
          "ReduceMean",
          "ReduceMax",
          "ReduceMin",
          "ReduceProd",
          "ReduceL1",
          "ReduceL2",
          "ReduceLogSum",
          "ReduceLogSumExp",
          "ReduceSumSquare");

  private final ModelEdit edit;
  private final long before;
  private final long version;

  private OpsetUpgrade(ModelEdit edit, long version) {
    this.edit = edit;
    this.before = edit.opset("");
    this.version = version;
  }

  /**
   * Raises the version where it is lower.
   *
   * @throws GatunException naming the node that stands in the way, or the version that is too low
   */
  static void apply(ModelEdit edit, long version) {
    obstacle(edit, version)
        .ifPresent(reason -> {
          throw new GatunException(GatunException.Kind.MODEL, reason);
        });
    var upgrade = new OpsetUpgrade(edit, version);
    if (upgrade.before < version) {
      edit.replace(upgrade::raised);
      edit.requireOpset("", version);
    }
  }

  /** Why a model cannot be raised to a version; empty when it can. */
  static Optional<String> obstacle(ModelEdit edit, long version) {
    var upgrade = new OpsetUpgrade(edit, version);
    if (upgrade.before >= version) {
      return Optional.empty();
    }
    String needs =
        "%s uses operator set %d, this form needs %d"
            .formatted(edit.file(), upgrade.before, version);
    if (upgrade.before < LOWEST) {
      return Optional.of(
          "%s, and only from %d on a model can be carried over; export it anew with operator set %d or later"
              .formatted(needs, LOWEST, Math.max(version, 13)));
    }
    return edit.nodes().stream()
        .filter(node -> node.domain().isEmpty() && upgrade.isChanged(node))
        .findFirst()
        .map(node ->
            "%s, and node '%s' (%s) cannot be carried over; export the model anew with that operator set"
                .formatted(needs, node.label(), node.type()));
  }

  private boolean passes(long changed) {
    return before < changed && changed <= version;
  }

  private boolean isChanged(OnnxNode node) {
    // What bodies contain is not looked at.
    boolean body = !Nodes.readWithin(node).isEmpty();
    return body
        || passes(CHANGED.getOrDefault(node.type(), Long.MAX_VALUE))
        || switch (node.type()) {
          // Statistics of training were outputs.
          case "BatchNormalization" -> node.outputs().size() > 1 && passes(14);
          case "Resize" ->
              passes(13)
                  && node.attributes().get("coordinate_transformation_mode")
                      instanceof OnnxAttribute.Text(String mode)
                  && mode.equals("tf_half_pixel_for_nn");
          default -> false;
        };
  }

  private List<OnnxNode> raised(OnnxNode node) {
    if (!node.domain().isEmpty()) {
      return List.of(node);
    }
    return switch (node.type()) {
      case "Slice" -> List.of(passes(10) ? entered(node, "starts", "ends", "axes") : node);
      case "TopK" -> List.of(passes(10) ? entered(node, "k") : node);
      case "Clip" -> List.of(passes(11) ? bounded(node) : node);
      case "Pad" -> List.of(passes(11) ? padded(node) : node);
      case "Resize" -> List.of(passes(11) ? resized(node) : node);
      case "Dropout" -> List.of(passes(12) ? without(node, "ratio") : node);
      case "Squeeze", "Unsqueeze", "ReduceSum" ->
          List.of(passes(13) ? entered(node, "axes") : node);
      case "Split" -> List.of(split(node));
      default -> {
        if (REDUCTIONS.contains(node.type()) && passes(18)) {
          yield List.of(entered(node, "axes"));
        }
        yield SOFTMAXES.contains(node.type()) && passes(13) ? rows(node) : List.of(node);
      }
    };
  }

  /** Integers that were attributes become inputs, those that are there. */
  private OnnxNode entered(OnnxNode node, String... names) {
    Map<String, OnnxAttribute> attributes = new LinkedHashMap<>(node.attributes());
    List<String> inputs = new ArrayList<>(node.inputs());
    for (String name : names) {
      switch (attributes.remove(name)) {
        case OnnxAttribute.Ints(List<Long> numbers) ->
            inputs.add(longs(node, name, numbers.stream().mapToLong(Long::longValue).toArray()));
        case OnnxAttribute.Int(long number) -> inputs.add(longs(node, name, number));
        case null, default -> {
          // Left out.
        }
      }
    }
    return Nodes.with(Nodes.withInputs(node, inputs), attributes);
  }

  private String longs(OnnxNode node, String name, long... numbers) {
    Tensor tensor = Tensor.ofLongs(Shape.of((long) numbers.length), numbers);
    return edit.add(node.outputs().getFirst() + "_" + name, tensor);
  }

  /** A number without dimensions; an absent input when the attribute is left out. */
  private String real(OnnxNode node, String name) {
    return node.attributes().containsKey(name)
        ? edit.add(
            node.outputs().getFirst() + "_" + name,
            Tensor.ofFloats(Shape.of(), Nodes.real(node, name, 0)))
        : "";
  }

  private static OnnxNode without(OnnxNode node, String... names) {
    Map<String, OnnxAttribute> attributes = new LinkedHashMap<>(node.attributes());
    List.of(names).forEach(attributes::remove);
    return Nodes.with(node, attributes);
  }

  private OnnxNode bounded(OnnxNode node) {
    List<String> inputs = List.of(node.inputs().getFirst(), real(node, "min"), real(node, "max"));
    return without(Nodes.withInputs(node, inputs), "min", "max");
  }

  private OnnxNode padded(OnnxNode node) {
    OnnxNode entered = entered(node, "pads");
    List<String> inputs = new ArrayList<>(entered.inputs());
    inputs.add(real(node, "value"));
    return without(Nodes.withInputs(entered, inputs), "value");
  }

  /**
   * Before version 11 there were no regions, and coordinates were those that are asymmetric now.
   */
  private OnnxNode resized(OnnxNode node) {
    Map<String, OnnxAttribute> attributes = new LinkedHashMap<>(node.attributes());
    attributes.put("coordinate_transformation_mode", new OnnxAttribute.Text("asymmetric"));
    attributes.put("nearest_mode", new OnnxAttribute.Text("floor"));
    List<String> inputs = List.of(node.inputs().get(0), "", node.inputs().get(1));
    return Nodes.with(Nodes.withInputs(node, inputs), attributes);
  }

  private OnnxNode split(OnnxNode node) {
    OnnxNode entered = passes(13) ? entered(node, "split") : node;
    if (!passes(18) || entered.inputs().size() > 1) {
      return entered;
    }
    Map<String, OnnxAttribute> attributes = new LinkedHashMap<>(entered.attributes());
    attributes.put("num_outputs", new OnnxAttribute.Int(node.outputs().size()));
    return Nodes.with(entered, attributes);
  }

  /** Before version 13 an axis and all that follow were one row. */
  private List<OnnxNode> rows(OnnxNode node) {
    long axis = Nodes.integer(node, "axis", 1);
    if (axis == -1) {
      return List.of(node);
    }
    String x = node.inputs().getFirst();
    String y = node.outputs().getFirst();
    String shape = edit.unique(y + "_shape");
    String flat = edit.unique(y + "_flat");
    String soft = edit.unique(y + "_rows");
    Map<String, OnnxAttribute> attributes = new LinkedHashMap<>(node.attributes());
    attributes.put("axis", new OnnxAttribute.Int(-1));
    return List.of(
        Nodes.of(edit.unique(y + "_Shape"), "Shape", List.of(x), shape),
        Nodes.of(
            edit.unique(y + "_Flatten"),
            "Flatten",
            List.of(x),
            flat,
            Map.of("axis", new OnnxAttribute.Int(axis))),
        Nodes.with(
            Nodes.withOutputs(Nodes.withInputs(node, List.of(flat)), List.of(soft)), attributes),
        Nodes.of(edit.unique(y + "_Reshape"), "Reshape", List.of(soft, shape), y));
  }
}
