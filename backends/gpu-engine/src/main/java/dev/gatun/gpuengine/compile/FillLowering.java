package dev.gatun.gpuengine.compile;

import dev.gatun.graph.Dim;
import dev.gatun.graph.Node;
import dev.gatun.graph.ValueType;
import dev.gatun.graph.op.Array;
import dev.gatun.graph.op.ConstantOfShape;
import dev.gatun.graph.op.Extents;
import dev.gatun.graph.op.EyeLike;
import dev.gatun.graph.op.Range;
import dev.gatun.tensor.DType;
import dev.gatun.tensor.Shape;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;

/** Ops that make numbers of sizes. */
final class FillLowering implements OpLowering {
  private static final int THREADS = 256;

  /** Most sizes that a kernel writes. */
  private static final int SIZES = 8;

  private final GpuLowering lowering;

  FillLowering(GpuLowering lowering) {
    this.lowering = lowering;
  }

  static String refusal(Acceptance acceptance, Node node) {
    DType dtype = node.output().type().dtype();
    return switch (node.op()) {
      case Extents op when op.dims().size() > SIZES ->
          "no kernel for " + op.dims().size() + " sizes";
      case Range _ when !acceptance.has(range(dtype)) -> "no kernel for " + dtype;
      default -> "";
    };
  }

  @Override
  public void lower(Node node) {
    switch (node.op()) {
      case Extents op -> sizes(node, op.dims());
      case Range _ -> range(node);
      case ConstantOfShape op -> constant(node, op);
      case EyeLike op -> diagonal(node, op);
      default -> throw new IllegalStateException(node.op().type());
    }
  }

  private Size count(Node node) {
    return Size.of(lowering.elements(node.output().type()));
  }

  /** SizesParams of fill.h. */
  private void sizes(Node node, List<Dim> dims) {
    var step = lowering.launch(node, "store_sizes").memory(lowering.result(node.output()));
    for (int i = 0; i < SIZES; i++) {
      step.wide(i < dims.size() ? Size.of(lowering.extents().of(dims.get(i))) : Size.fixed(0));
    }
    step.integer(dims.size()).run(Grid.items(Size.fixed(dims.size()), SIZES * 4));
  }

  private static String range(DType dtype) {
    return "range_" + Acceptance.suffix(dtype);
  }

  private void range(Node node) {
    var _ = Decision.of(lowering, node);
    lowering
        .launch(node, range(node.output().type().dtype()))
        .memory(lowering.moved(node.input(0)))
        .memory(lowering.moved(node.input(2)))
        .memory(lowering.result(node.output()))
        .integer(count(node))
        .run(Grid.items(count(node), THREADS));
  }

  /** FillParams of fill.h. */
  private void constant(Node node, ConstantOfShape op) {
    var _ = Decision.of(lowering, node);
    lowering
        .launch(node, "fill_" + op.dtype().blockBytes())
        .memory(lowering.result(node.output()))
        .wide(bits(op.dtype(), op.value()))
        .integer(count(node))
        .run(Grid.items(count(node), THREADS));
  }

  /** EyeParams of fill.h. */
  private void diagonal(Node node, EyeLike op) {
    ValueType type = node.output().type();
    lowering
        .launch(node, "eye_" + op.dtype().blockBytes())
        .memory(lowering.result(node.output()))
        .wide(bits(op.dtype(), 1))
        .wide(op.k())
        .integer(count(node))
        .integer(lowering.extents().of(type.dim(1)))
        .run(Grid.items(count(node), THREADS));
  }

  /** A number as it is stored, in the lowest bytes. */
  private static long bits(DType dtype, double value) {
    MemorySegment bytes = MemorySegment.ofArray(new byte[Long.BYTES]);
    new Array(dtype, Shape.of(), value).store(bytes, 0);
    return bytes.get(ValueLayout.JAVA_LONG_UNALIGNED, 0);
  }
}
