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
import java.util.Set;

/**
 * Raises the version of the standard operator set, where the model's operators mean the same in
 * both, or where only their form changed (axes of reductions became an input in version 18).
 */
final class OpsetUpgrade {
  private static final long LOWEST = 13;

  /** Operators that changed their form or meaning between the versions 13 and 21. */
  private static final Set<String> CHANGED =
      Set.of(
          "BatchNormalization",
          "Split",
          "Resize",
          "Pad",
          "RNN",
          "GRU",
          "LSTM",
          "Optional",
          "OptionalGetElement",
          "OptionalHasElement",
          "ScatterElements",
          "ScatterND",
          "GroupNormalization",
          "GridSample",
          "Loop",
          "If",
          "Scan");

  /**
   * Operators that version 10 changed otherwise than by a new attribute, or than Slice, whose
   * bounds became inputs.
   */
  private static final Set<String> CHANGED_IN_10 = Set.of("TopK", "Upsample", "If", "Loop", "Scan");

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

  private OpsetUpgrade() {}

  /**
   * Raises the version where it is lower.
   *
   * @throws GatunException naming the node that stands in the way, or the version that is too low
   */
  static void apply(ModelEdit edit, long version) {
    long before = edit.opset("");
    if (before >= version) {
      return;
    }
    if (before == 9 && version == 10) {
      requireNone(edit, before, version, CHANGED_IN_10);
      edit.replace(node -> List.of(sliced(edit, node)));
      edit.requireOpset("", version);
      return;
    }
    if (before < LOWEST) {
      throw new GatunException(
          GatunException.Kind.MODEL,
          "%s uses operator set %d, this form needs %d, and only from %d on a model can be carried over; export it anew with operator set %d or later"
              .formatted(edit.file(), before, version, LOWEST, Math.max(version, LOWEST)));
    }
    requireNone(edit, before, version, CHANGED);
    if (before < 18 && version >= 18) {
      edit.replace(node -> List.of(reduced(edit, node)));
    }
    edit.requireOpset("", version);
  }

  private static void requireNone(ModelEdit edit, long before, long version, Set<String> changed) {
    for (OnnxNode node : edit.nodes()) {
      if (node.domain().isEmpty() && changed.contains(node.type())) {
        throw new GatunException(
            GatunException.Kind.MODEL,
            "%s uses operator set %d, this form needs %d, and node '%s' (%s) cannot be carried over; export the model anew with that operator set"
                .formatted(edit.file(), before, version, node.label(), node.type()));
      }
    }
  }

  private static OnnxNode sliced(ModelEdit edit, OnnxNode node) {
    if (!Nodes.is(node, "Slice")) {
      return node;
    }
    Map<String, OnnxAttribute> attributes = new LinkedHashMap<>(node.attributes());
    List<String> inputs = new ArrayList<>(node.inputs());
    for (String name : List.of("starts", "ends", "axes")) {
      if (attributes.remove(name) instanceof OnnxAttribute.Ints(List<Long> numbers)) {
        long[] values = numbers.stream().mapToLong(Long::longValue).toArray();
        inputs.add(
            edit.add(
                node.outputs().getFirst() + "_" + name,
                Tensor.ofLongs(Shape.of((long) values.length), values)));
      }
    }
    return Nodes.with(Nodes.withInputs(node, inputs), attributes);
  }

  private static OnnxNode reduced(ModelEdit edit, OnnxNode node) {
    if (!node.domain().isEmpty()
        || !REDUCTIONS.contains(node.type())
        || !(node.attributes().get("axes") instanceof OnnxAttribute.Ints(List<Long> axes))) {
      return node;
    }
    Map<String, OnnxAttribute> attributes = new LinkedHashMap<>(node.attributes());
    attributes.remove("axes");
    long[] values = axes.stream().mapToLong(Long::longValue).toArray();
    String name =
        edit.add(node.name() + "_axes", Tensor.ofLongs(Shape.of((long) values.length), values));
    List<String> inputs = new ArrayList<>(node.inputs());
    inputs.add(name);
    return Nodes.with(Nodes.withInputs(node, inputs), attributes);
  }
}
