package dev.gatun.formats.onnx.lower;

import dev.gatun.graph.Dim;
import dev.gatun.graph.Node;
import dev.gatun.graph.op.Concat;
import dev.gatun.graph.op.Reshape;
import dev.gatun.graph.op.Slice;
import dev.gatun.graph.op.Transpose;
import dev.gatun.tensor.DType;

/** The same elements in another arrangement. */
final class ShapeLowering {
  private final Emitter emitter;

  ShapeLowering(Emitter emitter) {
    this.emitter = emitter;
  }

  Operand reshape(Node node, Reshape op) {
    return Extents.reshape(emitter, emitter.operand(node.input(0)), op.dims());
  }

  Operand transpose(Node node, Transpose op) {
    Operand x = emitter.operand(node.input(0));
    return emitter.emit(
        "Transpose",
        Attributes.none().with("perm", op.permutation().stream().map(Integer::longValue).toList()),
        x.dtype(),
        x);
  }

  Operand extents(dev.gatun.graph.op.Extents op) {
    Operand sizes = Extents.sizes(emitter, op.dims());
    return op.scalar() ? emitter.emit("Squeeze", DType.I64, sizes, emitter.longs(0)) : sizes;
  }

  Operand concat(Node node, Concat op) {
    Operand[] parts = node.inputs().stream().map(emitter::operand).toArray(Operand[]::new);
    return emitter.emit(
        "Concat", Attributes.none().with("axis", op.axis()), parts[0].dtype(), parts);
  }

  Operand slice(Node node, Slice op) {
    Operand x = emitter.operand(node.input(0));
    if (op.length() instanceof Dim.Fixed(long length)) {
      return slice(x, op.axis(), op.start(), emitter.longs(op.start() + length));
    }
    if (!(node.input(0).type().dim(op.axis()) instanceof Dim.Fixed)) {
      return slice(x, op.axis(), op.start(), emitter.longs(Long.MAX_VALUE));
    }
    Operand length = Extents.size(emitter, op.length());
    Operand rest =
        op.start() == 0 ? x : slice(x, op.axis(), op.start(), emitter.longs(Long.MAX_VALUE));
    return slice(rest, op.axis(), 0, length);
  }

  private Operand slice(Operand x, long axis, long start, Operand end) {
    return emitter.emit("Slice", x.dtype(), x, emitter.longs(start), end, emitter.longs(axis));
  }
}
