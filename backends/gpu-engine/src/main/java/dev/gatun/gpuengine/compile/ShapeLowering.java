package dev.gatun.gpuengine.compile;

import dev.gatun.engine.memory.Operand;
import dev.gatun.engine.size.Extent;
import dev.gatun.graph.Dim;
import dev.gatun.graph.Node;
import dev.gatun.graph.Value;
import dev.gatun.graph.ValueType;
import dev.gatun.graph.op.Gather;
import dev.gatun.tensor.DType;

/** Ops that move or pick elements. */
final class ShapeLowering implements OpLowering {
  private static final int THREADS = 64;

  private final GpuLowering lowering;

  ShapeLowering(GpuLowering lowering) {
    this.lowering = lowering;
  }

  static String refusal(Acceptance acceptance, Node node) {
    Gather op = (Gather) node.op();
    ValueType table = node.input(0).type();
    if (op.axis() != 0 || table.rank() != 2 || !(table.dim(1) instanceof Dim.Fixed)) {
      return "no kernel that picks along axis " + op.axis() + " of " + table;
    }
    if (node.input(1).type().dtype() != DType.I32) {
      return "'" + node.input(1).name() + "' is " + node.input(1).type().dtype() + ", not I32";
    }
    boolean stored = acceptance.isConstant(node.input(0)) && acceptance.has(kernel(table));
    return stored || table.dtype() == DType.F32
        ? ""
        : "no kernel that picks rows of " + table.dtype();
  }

  private static String kernel(ValueType table) {
    return "gather_rows_" + Acceptance.suffix(table.dtype());
  }

  @Override
  public void lower(Node node) {
    switch (node.op()) {
      case Gather _ -> rows(node);
      default -> throw new IllegalStateException(node.op().type());
    }
  }

  private void rows(Node node) {
    Value table = node.input(0);
    Operand from = lowering.isConstant(table) ? lowering.stored(table) : lowering.operand(table);
    Operand ids = lowering.operand(node.input(1));
    Extent rows = lowering.elements(node.input(1).type());
    int width = GpuLowering.columns(table.type());
    Operand y = lowering.result(node.output());
    lowering
        .launch(node, kernel(table.type()))
        .weights(from, table.type().dtype())
        .memory(ids)
        .memory(y)
        .integer(rows)
        .integer(width)
        .integer(lowering.extents().of(table.type().dim(0)))
        .integer(width)
        .run(Grid.groups(Size.fixed(width).pieces(8L * THREADS), Size.of(rows), THREADS));
  }
}
