package dev.gatun.formats.onnx;

import dev.gatun.graph.Value;
import dev.gatun.graph.op.Binary;
import dev.gatun.graph.op.Pool;
import dev.gatun.graph.op.Pool.Kind;
import dev.gatun.graph.op.Reduce;
import dev.gatun.graph.op.Unary;
import dev.gatun.graph.op.Windows;
import java.util.List;
import java.util.stream.IntStream;

/** Pools over windows and over all that is not batch or channel. */
final class PoolingOps {
  private PoolingOps() {}

  static void register(OpImporters ops) {
    ops.add("MaxPool", node -> pool(node, Kind.MAX));
    ops.add("AveragePool", node -> pool(node, Kind.AVERAGE));
    ops.add("LpPool", node -> pool(node, Kind.LP));
    ops.add("GlobalMaxPool", node -> node.result(global(node, Reduce.Function.MAX), node.value(0)));
    ops.add("GlobalLpPool", PoolingOps::globalNorm);
  }

  private static List<Imported> pool(NodeScope node, Kind kind) {
    Windows windows = WindowAttributes.of(node, WindowAttributes.kernel(node, false));
    var op =
        new Pool(
            kind,
            windows,
            node.integer("count_include_pad", 0) != 0,
            node.integer("p", 2),
            kind == Kind.MAX
                && node.node().outputs().size() > 1
                && !node.node().outputs().get(1).isEmpty(),
            node.integer("storage_order", 0) != 0);
    return node.results(op, node.value(0));
  }

  private static Reduce global(NodeScope node, Reduce.Function function) {
    List<Integer> axes = IntStream.range(2, node.type(0).rank()).boxed().toList();
    return new Reduce(function, axes, true);
  }

  private static List<Imported> globalNorm(NodeScope node) {
    long p = node.integer("p", 2);
    Value size = node.step("size", new Unary(Unary.Function.ABS), node.value(0));
    var power = new Binary(Binary.Function.POW);
    Value powers = node.step("powers", power, size, node.scalar("p", (float) p));
    Value sum = node.step("sum", global(node, Reduce.Function.SUM), powers);
    return node.result(power, sum, node.scalar("root", (float) (1.0 / p)));
  }
}
