package dev.gatun.formats.onnx;

import dev.gatun.graph.Dim;
import dev.gatun.graph.Value;
import dev.gatun.graph.ValueType;
import dev.gatun.graph.op.DequantizeLinear;
import dev.gatun.graph.op.DynamicQuantizeLinear;
import dev.gatun.graph.op.IntegerConv;
import dev.gatun.graph.op.MatMulInteger;
import dev.gatun.graph.op.Op;
import dev.gatun.graph.op.QLinearMatMul;
import dev.gatun.graph.op.QuantizeLinear;
import dev.gatun.graph.op.Reshape;
import dev.gatun.graph.op.Windows;
import dev.gatun.tensor.DType;
import java.util.ArrayList;
import java.util.List;

/** Small integers with scales and zero points. */
final class QuantizationOps {
  private QuantizationOps() {}

  static void register(OpImporters ops) {
    ops.add("QuantizeLinear", QuantizationOps::quantize);
    ops.add("DequantizeLinear", QuantizationOps::dequantize);
    // The same with 16 bits, for models of operator sets that do not have them.
    ops.add("com.microsoft:QuantizeLinear", QuantizationOps::quantize);
    ops.add("com.microsoft:DequantizeLinear", QuantizationOps::dequantize);
    ops.add(
        "DynamicQuantizeLinear", node -> node.results(new DynamicQuantizeLinear(), node.value(0)));
    ops.add("ConvInteger", node -> convolution(node, 1));
    ops.add("QLinearConv", node -> convolution(node, 3));
    ops.add(
        "MatMulInteger",
        node ->
            matrices(
                node,
                new MatMulInteger(),
                1,
                node.value(0),
                node.value(1),
                node.optional(2),
                node.optional(3)));
    ops.add(
        "QLinearMatMul",
        node ->
            matrices(
                node,
                new QLinearMatMul(),
                3,
                node.value(0),
                node.value(1),
                node.value(2),
                node.value(3),
                node.value(4),
                node.value(5),
                node.value(6),
                node.value(7)));
  }

  /** Weights are input 1 of ConvInteger, 3 of QLinearConv. */
  private static List<Imported> convolution(NodeScope node, int weights) {
    boolean quantized = weights == 3;
    int groups = Math.toIntExact(node.integer("group", 1));
    Windows windows = WindowAttributes.of(node, WindowAttributes.kernel(node, weights));
    Value[] inputs = new Value[quantized ? 9 : 4];
    for (int i = 0; i < inputs.length; i++) {
      boolean required = quantized ? i < 8 : i < 2;
      inputs[i] = required ? node.value(i) : node.optional(i);
    }
    return node.result(new IntegerConv(windows, groups, quantized), inputs);
  }

  private static List<Imported> quantize(NodeScope node) {
    long to = node.integer("output_dtype", 0);
    DType dtype =
        node.has(2)
            ? node.type(2).dtype()
            : to == 0
                ? DType.U8
                : ElementTypes.of(to)
                    .orElseThrow(
                        () -> node.unsupported("it quantizes to " + ElementTypes.name(to)));
    var op = new QuantizeLinear(axis(node), block(node), dtype);
    return node.result(op, node.value(0), node.value(1), node.optional(2));
  }

  private static List<Imported> dequantize(NodeScope node) {
    var op = new DequantizeLinear(axis(node), block(node));
    return node.result(op, node.value(0), node.value(1), node.optional(2));
  }

  private static int axis(NodeScope node) {
    return Math.toIntExact(node.integer("axis", 1));
  }

  private static int block(NodeScope node) {
    return Math.toIntExact(node.integer("block_size", 0));
  }

  /** A vector is a matrix of one row or column, whose extent is dropped afterwards. */
  private static List<Imported> matrices(NodeScope node, Op op, int second, Value... inputs) {
    boolean row = inputs[0].type().rank() == 1;
    boolean column = inputs[second].type().rank() == 1;
    if (!row && !column) {
      return node.result(op, inputs);
    }
    if (row) {
      ValueType type = inputs[0].type();
      inputs[0] = node.step("row", new Reshape(List.of(Dim.of(1), type.dim(0))), inputs[0]);
    }
    if (column) {
      ValueType type = inputs[second].type();
      inputs[second] =
          node.step("column", new Reshape(List.of(type.dim(0), Dim.of(1))), inputs[second]);
    }
    Value product = node.step("matrix", op, inputs);
    List<Dim> dims = new ArrayList<>(product.type().dims());
    if (column) {
      dims.removeLast();
    }
    if (row) {
      dims.remove(dims.size() - (column ? 1 : 2));
    }
    return node.result(new Reshape(dims), product);
  }
}
