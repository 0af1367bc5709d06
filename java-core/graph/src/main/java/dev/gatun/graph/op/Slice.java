package dev.gatun.graph.op;

import dev.gatun.graph.Cost;
import dev.gatun.graph.Dim;
import dev.gatun.graph.ValueType;
import dev.gatun.tensor.Shape;
import java.util.ArrayList;
import java.util.List;

/**
 * A range of one axis (ONNX Slice and Split lower to it).
 *
 * @param axis from 0
 * @param start first index, at least 0
 * @param length number of indices; at its largest it must fit an axis of fixed extent; of another
 *     axis it is all that follows the start
 */
public record Slice(int axis, long start, Dim length) implements Op {
  /** A range of known length. */
  public Slice(int axis, long start, long length) {
    this(axis, start, new Dim.Fixed(length));
  }

  @Override
  public String type() {
    return "Slice";
  }

  @Override
  public List<ValueType> infer(List<ValueType> inputs) {
    ValueType x = Infer.required(this, inputs, 0);
    Infer.check(this, axis >= 0 && axis < x.rank(), "axis %s outside %s", axis, x);
    Infer.check(
        this,
        start >= 0 && fits(x.dim(axis)),
        "%s elements from %s lie outside axis %s of %s",
        length,
        start,
        axis,
        x);
    int block = x.dtype().blockElements();
    Infer.check(
        this,
        axis < x.rank() - 1
            || block == 1
            || (start % block == 0
                && length instanceof Dim.Fixed(long count)
                && count % block == 0),
        "%s elements from %s are not whole blocks of %s",
        length,
        start,
        x);
    List<Dim> dims = new ArrayList<>(x.dims());
    dims.set(axis, length);
    return List.of(new ValueType(x.dtype(), dims));
  }

  private boolean fits(Dim extent) {
    if (extent instanceof Dim.Fixed(long size)) {
      return start <= size - length.max();
    }
    return extent.equals(start == 0 ? length : length.plus(Dim.of(start)));
  }

  @Override
  public Cost cost(List<TypedShape> inputs, List<TypedShape> outputs) {
    return Costs.bytes(inputs.getFirst(), (double) outputs.getFirst().bytes())
        .plus(Costs.written(outputs));
  }

  @Override
  public List<Array> reference(ReferenceCall call) {
    Array x = call.input(0);
    long[] dims = x.shape().toArray();
    dims[axis] = call.size(length);
    Shape shape = Shape.of(dims);
    int outer = Broadcast.product(shape, 0, axis);
    int inRow = Broadcast.product(x.shape(), axis, shape.rank());
    int outRow = Broadcast.product(shape, axis, shape.rank());
    int skip = Math.toIntExact(start * Broadcast.product(shape, axis + 1, shape.rank()));
    double[] y = new double[Math.toIntExact(shape.elements())];
    for (int o = 0; o < outer; o++) {
      System.arraycopy(x.values(), o * inRow + skip, y, o * outRow, outRow);
    }
    return List.of(new Array(x.dtype(), shape, y));
  }
}
