package dev.gatun.graph.op;

import dev.gatun.graph.GraphException;
import dev.gatun.tensor.Shape;

/**
 * An array seen along one axis: element {@code at(outer, j, inner)} is the j-th of a line.
 *
 * @param outer number of positions before the axis
 * @param count extent of the axis
 * @param inner number of positions after it
 */
record Lines(int outer, int count, int inner) {
  static Lines of(Shape shape, int axis) {
    return new Lines(
        Broadcast.product(shape, 0, axis),
        Math.toIntExact(shape.dim(axis)),
        Broadcast.product(shape, axis + 1, shape.rank()));
  }

  /** An axis from 0, of one that may count from the end. */
  static int axis(Op op, long axis, int rank) {
    if (axis < -rank || axis >= rank) {
      throw new GraphException("%s: axis %d of %d".formatted(op.type(), axis, rank));
    }
    return (int) (axis < 0 ? axis + rank : axis);
  }

  int at(int o, int j, int i) {
    return (o * count + j) * inner + i;
  }
}
