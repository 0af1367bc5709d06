package dev.gatun.quantize.onnx;

import dev.gatun.formats.onnx.OnnxAttribute;
import dev.gatun.formats.onnx.OnnxNode;
import dev.gatun.formats.onnx.OnnxTensor;
import dev.gatun.tensor.DType;
import dev.gatun.tensor.Shape;
import java.util.List;
import java.util.Map;

/** Gather of rows of a constant table of floating numbers, such as embeddings of words. */
final class GatherTable {
  /** Smaller tables are not worth the node. */
  private static final long SMALLEST = 256;

  private GatherTable() {}

  static boolean isOne(ModelEdit edit, OnnxNode node) {
    return Nodes.is(node, "Gather")
        && Nodes.integer(node, "axis", 0) == 0
        && edit.constant(node.inputs().getFirst())
            .filter(table ->
                table.elementType() == WeightMatrix.F32
                    && table.shape().rank() == 2
                    && table.shape().elements() >= SMALLEST)
            .isPresent();
  }

  /**
   * The table as INT8, and what is gathered scaled back.
   *
   * @param perChannel a scale for each column; from operator set 13
   * @param done codes, scales and zero points of tables that were met before
   */
  static List<OnnxNode> quantized(
      ModelEdit edit, OnnxNode node, boolean perChannel, Map<String, List<String>> done) {
    String name = node.inputs().getFirst();
    OnnxTensor tensor = edit.constant(name).orElseThrow();
    boolean each = perChannel && edit.opset("") >= 13;
    List<String> parts =
        done.computeIfAbsent(
            name + " table",
            key -> {
              IntegerWeights codes =
                  new IntegerWeights(() -> WeightMatrix.of(edit, tensor, name), each ? 1 : -1, 8);
              Shape shape = each ? Shape.of((long) codes.scales().length) : Shape.of();
              return List.of(
                  edit.add(name + "_quantized", DType.I8, tensor.shape(), codes.content()),
                  edit.add(
                      name + "_scale",
                      Floats.tensor(WeightMatrix.dtype(tensor), shape, codes.scales())),
                  edit.add(name + "_zero_point", DType.I8, shape, new byte[codes.scales().length]));
            });
    String output = node.outputs().getFirst();
    String picked = edit.unique(output + "_quantized");
    OnnxNode gather =
        Nodes.withOutputs(
            Nodes.withInputs(node, List.of(parts.get(0), node.inputs().get(1))), List.of(picked));
    return List.of(
        gather,
        Nodes.of(
            edit.unique(node.name() + "_DequantizeLinear"),
            "DequantizeLinear",
            List.of(picked, parts.get(1), parts.get(2)),
            output,
            each ? Map.of("axis", new OnnxAttribute.Int(-1)) : Map.of()));
  }
}
