package dev.gatun.gpuengine.compile;

import dev.gatun.engine.memory.Operand;
import dev.gatun.graph.Dim;
import dev.gatun.graph.Node;
import dev.gatun.graph.Value;
import dev.gatun.graph.op.Attention;
import dev.gatun.graph.op.GatedActivation;
import dev.gatun.graph.op.RotaryEmbedding;
import dev.gatun.graph.op.Slice;
import dev.gatun.tensor.DType;
import java.util.List;

/**
 * Rows of a value as some kernels read them: the queries, keys and values, or the gate and what it
 * is for, that one product makes are columns of its result, and need not be copied out of it.
 *
 * @param at where the first row starts
 * @param stride elements from one row to the next
 * @param part whether it is a part of another value's memory, which nobody may write over
 */
record ColumnRange(Operand at, Size stride, boolean part) {
  /** Where the rows of a value are. */
  static ColumnRange of(GpuLowering lowering, Value value) {
    Node slice = lowering.graph().producer(value).orElse(null);
    if (slice == null || !isReadInPlace(lowering, slice)) {
      List<Dim> dims = value.type().dims();
      Size width = dims.isEmpty() ? Size.fixed(1) : Size.of(lowering.extents().of(dims.getLast()));
      return new ColumnRange(lowering.operand(value), width, false);
    }
    Value whole = slice.input(0);
    Operand start = lowering.operand(whole);
    long offset = DType.F32.byteSize(((Slice) slice.op()).start());
    return new ColumnRange(
        new Operand(start.storage(), start.offset() + offset, false),
        Size.fixed(GpuLowering.columns(whole.type())),
        true);
  }

  /**
   * Whether a slice of columns is read where it is. So are all readers of the value that it is cut
   * of: then nobody writes over that.
   */
  static boolean isReadInPlace(GpuLowering lowering, Node slice) {
    Value whole = slice.input(0);
    return isColumns(lowering, slice)
        && !lowering.isConstant(whole)
        && lowering.views().view(whole).root().equals(whole)
        && lowering.readers(whole).stream().allMatch(reader -> isColumns(lowering, reader));
  }

  private static boolean isColumns(GpuLowering lowering, Node node) {
    return node.op() instanceof Slice slice
        && slice.axis() == 1
        && node.output().type().rank() == 2
        && node.output().type().dtype() == DType.F32
        && !lowering.views().isKept(node.output())
        && !lowering.readers(node.output()).isEmpty()
        && lowering.readers(node.output()).stream()
            .allMatch(reader -> readsColumns(reader, node.output()));
  }

  private static boolean readsColumns(Node node, Value value) {
    return switch (node.op()) {
      case RotaryEmbedding _ -> node.input(0).equals(value);
      case Attention attention -> attention.state().isPresent();
      case GatedActivation _ -> true;
      default -> false;
    };
  }
}
