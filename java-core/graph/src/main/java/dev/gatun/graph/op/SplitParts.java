package dev.gatun.graph.op;

import dev.gatun.graph.Dim;
import dev.gatun.graph.GraphException;
import dev.gatun.graph.ValueType;
import dev.gatun.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Parts of an axis whose lengths are computed (ONNX Split; with known lengths it is one {@link
 * Slice} per part). Inputs: x; lengths I64 [parts].
 *
 * @param axis from 0
 * @param lengths extents of the axis in the outputs
 */
public record SplitParts(int axis, List<Dim> lengths) implements OnnxOp, SizedByNumbers {
  public SplitParts {
    lengths = List.copyOf(lengths);
  }

  @Override
  public String type() {
    return "Split";
  }

  @Override
  public Map<String, Object> attributes() {
    return Map.of("axis", (long) axis);
  }

  @Override
  public List<ValueType> infer(List<ValueType> inputs) {
    ValueType x = Infer.plain(this, inputs, 0);
    Infer.integer(this, inputs, 1);
    Infer.check(this, axis >= 0 && axis < x.rank(), "axis %s outside %s", axis, x);
    List<ValueType> parts = new ArrayList<>();
    for (Dim length : lengths) {
      List<Dim> dims = new ArrayList<>(x.dims());
      dims.set(axis, length);
      parts.add(new ValueType(x.dtype(), dims));
    }
    return parts;
  }

  @Override
  public Set<Integer> deciding() {
    return Set.of(1);
  }

  @Override
  public List<Shape> shapes(Sizing sizing) {
    Shape x = sizing.shape(0);
    long[] given = Parameters.longs(sizing.number(1));
    if (given.length != lengths.size()
        || Arrays.stream(given).anyMatch(length -> length < 0)
        || Arrays.stream(given).sum() != x.dim(axis)) {
      throw new GraphException("%s is split into %s".formatted(x, Arrays.toString(given)));
    }
    List<Shape> parts = new ArrayList<>();
    for (long length : given) {
      long[] dims = x.toArray();
      dims[axis] = length;
      parts.add(Shape.of(dims));
    }
    return parts;
  }

  @Override
  public List<Array> reference(ReferenceCall call) {
    Array x = call.input(0);
    Lines lines = Lines.of(x.shape(), axis);
    List<Array> parts = new ArrayList<>();
    int from = 0;
    for (Shape shape : shapes(Sizing.of(call))) {
      int length = Math.toIntExact(shape.dim(axis));
      int run = length * lines.inner();
      double[] y = new double[lines.outer() * run];
      for (int o = 0; o < lines.outer(); o++) {
        System.arraycopy(x.values(), lines.at(o, from, 0), y, o * run, run);
      }
      from += length;
      parts.add(new Array(x.dtype(), shape, y));
    }
    return parts;
  }
}
