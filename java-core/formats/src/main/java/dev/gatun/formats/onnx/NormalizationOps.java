package dev.gatun.formats.onnx;

import dev.gatun.graph.Dim;
import dev.gatun.graph.Value;
import dev.gatun.graph.ValueType;
import dev.gatun.graph.op.LayerNormalization;
import dev.gatun.graph.op.Reshape;
import dev.gatun.graph.op.RmsNormalization;
import dev.gatun.graph.op.Softmax;
import dev.gatun.graph.op.Unary;
import java.util.List;

/** Softmax and normalizations. */
final class NormalizationOps {
  private NormalizationOps() {}

  static void register(OpImporters ops) {
    ops.add("Softmax", node -> softmax(node, false));
    ops.add("LogSoftmax", node -> softmax(node, true));
    ops.add("LayerNormalization", NormalizationOps::layer);
    ops.add("RMSNormalization", NormalizationOps::rootMeanSquare);
    // ONNX Runtime's name for it, from before ONNX had one.
    ops.add("SimplifiedLayerNormalization", NormalizationOps::rootMeanSquare);
  }

  /** Before operator set 13 the axis and all that follow are one row. */
  private static List<Imported> softmax(NodeScope node, boolean log) {
    Value x = node.value(0);
    ValueType type = x.type();
    boolean rows = node.opset() < 13;
    int axis = node.axis(node.integer("axis", rows ? 1 : -1), type.rank());
    boolean joined = rows && axis < type.rank() - 1;
    if (joined) {
      x = node.step("rows", new Reshape(joined(node, type, axis)), x);
    }
    if (!log && !joined) {
      return node.result(new Softmax(axis), x);
    }
    Value y = node.step("softmax", new Softmax(axis), x);
    if (!log) {
      return node.result(new Reshape(type.dims()), y);
    }
    if (!joined) {
      return node.result(new Unary(Unary.Function.LOG), y);
    }
    Value logarithm = node.step("log", new Unary(Unary.Function.LOG), y);
    return node.result(new Reshape(type.dims()), logarithm);
  }

  private static List<Dim> joined(NodeScope node, ValueType type, int axis) {
    long length = 1;
    for (Dim dim : type.dims().subList(axis, type.rank())) {
      if (!(dim instanceof Dim.Fixed(long size))) {
        throw node.unsupported("it joins axes of open extent " + type);
      }
      length = Math.multiplyExact(length, size);
    }
    var dims = new java.util.ArrayList<>(type.dims().subList(0, axis));
    dims.add(Dim.of(length));
    return dims;
  }

  private static List<Imported> layer(NodeScope node) {
    ValueType type = node.type(0);
    if (node.axis(node.integer("axis", -1), type.rank()) != type.rank() - 1) {
      throw node.unsupported("it normalizes more than the last axis of " + type);
    }
    if (node.node().outputs().size() > 1) {
      throw node.unsupported("mean and deviation are outputs");
    }
    return node.result(
        new LayerNormalization(node.real("epsilon", 1e-5f)),
        node.value(0),
        node.value(1),
        node.optional(2));
  }

  private static List<Imported> rootMeanSquare(NodeScope node) {
    ValueType type = node.type(0);
    if (node.axis(node.integer("axis", -1), type.rank()) != type.rank() - 1) {
      throw node.unsupported("it normalizes more than the last axis of " + type);
    }
    return node.result(
        new RmsNormalization(node.real("epsilon", 1e-5f)), node.value(0), node.value(1));
  }
}
