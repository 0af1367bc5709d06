package dev.gatun.formats.onnx;

import dev.gatun.graph.Dim;
import dev.gatun.graph.Value;
import dev.gatun.graph.ValueType;
import dev.gatun.graph.op.Compress;
import dev.gatun.graph.op.GatherElements;
import dev.gatun.graph.op.GatherNd;
import dev.gatun.graph.op.NonZero;
import dev.gatun.graph.op.Reduction;
import dev.gatun.graph.op.ReverseSequence;
import dev.gatun.graph.op.ScatterElements;
import dev.gatun.graph.op.ScatterNd;
import dev.gatun.graph.op.Unique;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** Elements and slices that are picked, put, or counted by their content. */
final class PickingOps {
  private PickingOps() {}

  static void register(OpImporters ops) {
    ops.add("GatherElements", PickingOps::gatherElements);
    ops.add("GatherND", PickingOps::gatherNd);
    ops.add("Scatter", PickingOps::scatterElements);
    ops.add("ScatterElements", PickingOps::scatterElements);
    ops.add("ScatterND", PickingOps::scatterNd);
    ops.add("NonZero", PickingOps::nonZero);
    ops.add("Compress", PickingOps::compress);
    ops.add("Unique", PickingOps::unique);
    ops.add("ReverseSequence", PickingOps::reverse);
  }

  private static int axis(NodeScope node) {
    return node.axis(node.integer("axis", 0), node.type(0).rank());
  }

  private static List<Imported> gatherElements(NodeScope node) {
    return node.result(new GatherElements(axis(node)), node.value(0), node.value(1));
  }

  private static List<Imported> gatherNd(NodeScope node) {
    int batch = Math.toIntExact(node.integer("batch_dims", 0));
    return node.result(new GatherNd(batch), node.value(0), node.value(1));
  }

  private static Reduction reduction(NodeScope node) {
    String name = node.text("reduction", "none");
    for (Reduction each : Reduction.values()) {
      if (each.onnxName().equals(name)) {
        return each;
      }
    }
    throw node.bad("has the reduction '" + name + "'");
  }

  private static List<Imported> scatterElements(NodeScope node) {
    return node.result(
        new ScatterElements(axis(node), reduction(node)),
        node.value(0),
        node.value(1),
        node.value(2));
  }

  private static List<Imported> scatterNd(NodeScope node) {
    return node.result(new ScatterNd(reduction(node)), node.value(0), node.value(1), node.value(2));
  }

  private static List<Imported> nonZero(NodeScope node) {
    Value x = node.value(0);
    return node.result(new NonZero(node.unknown("count", x.type().maxElements())), x);
  }

  private static OptionalInt optionalAxis(NodeScope node) {
    Optional<OnnxAttribute> axis = node.node().attribute("axis");
    return axis.isPresent() ? OptionalInt.of(axis(node)) : OptionalInt.empty();
  }

  private static List<Imported> compress(NodeScope node) {
    ValueType type = node.type(0);
    OptionalInt axis = optionalAxis(node);
    long most = axis.isPresent() ? type.dim(axis.getAsInt()).max() : type.maxElements();
    Dim count = node.unknown("count", most);
    return node.result(new Compress(axis, count), node.value(0), node.value(1));
  }

  private static List<Imported> unique(NodeScope node) {
    ValueType type = node.type(0);
    OptionalInt axis = optionalAxis(node);
    long most = axis.isPresent() ? type.dim(axis.getAsInt()).max() : type.maxElements();
    Dim count = node.unknown("count", most);
    return node.results(new Unique(axis, node.flag("sorted", true), count), node.value(0));
  }

  private static List<Imported> reverse(NodeScope node) {
    int batch = Math.toIntExact(node.integer("batch_axis", 1));
    int time = Math.toIntExact(node.integer("time_axis", 0));
    return node.result(new ReverseSequence(batch, time), node.value(0), node.value(1));
  }
}
