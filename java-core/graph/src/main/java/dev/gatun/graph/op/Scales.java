package dev.gatun.graph.op;

import dev.gatun.graph.GraphException;
import dev.gatun.tensor.Shape;

/**
 * Where a scale or zero point of an element stands: one for all, one for each index of an axis, or
 * one for each block of an axis.
 */
record Scales(Lines lines, int block, Array values) {
  /**
   * @param block elements that share one along the axis; 0 for all or one per index
   * @throws GraphException when the shapes do not fit
   */
  static Scales of(Op op, Shape x, Array values, long axis, int block) {
    if (values.shape().elements() == 1 && block == 0) {
      return new Scales(new Lines(1, 1, Math.toIntExact(x.elements())), 0, values);
    }
    int from0 = Lines.axis(op, axis, x.rank());
    Lines lines = Lines.of(x, from0);
    long[] wanted = x.toArray();
    wanted[from0] = block == 0 ? 0 : (lines.count() + block - 1) / block;
    boolean fits =
        block == 0
            ? values.shape().elements() == lines.count()
            : values.shape().equals(Shape.of(wanted));
    if (!fits) {
      throw new GraphException(
          "%s: scales %s for %s along axis %d".formatted(op.type(), values.shape(), x, from0));
    }
    return new Scales(lines, block, values);
  }

  /** That of element {@code at} of x. */
  double of(int at) {
    if (values.shape().elements() == 1) {
      return values.values()[0];
    }
    int j = at / lines.inner() % lines.count();
    if (block == 0) {
      return values.values()[j];
    }
    int blocks = (lines.count() + block - 1) / block;
    int outer = at / (lines.inner() * lines.count());
    return values.values()[(outer * blocks + j / block) * lines.inner() + at % lines.inner()];
  }
}
