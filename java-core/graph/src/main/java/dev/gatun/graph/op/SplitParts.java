package dev.gatun.graph.op;

import dev.gatun.graph.Dim;
import dev.gatun.graph.GraphException;
import dev.gatun.graph.ValueType;
import dev.gatun.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Parts of an axis whose lengths are computed (ONNX Split; with known lengths it is one {@link
 * Slice} per part). Inputs: x; lengths I64 [parts].
 *
 * @param axis from 0
 * @param lengths extents of the axis in the outputs
 */
public record SplitParts(int axis, List<Dim> lengths) implements OnnxOp {
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
  public List<Array> reference(ReferenceCall call) {
    Array x = call.input(0);
    long[] given = Parameters.longs(call.input(1));
    Lines lines = Lines.of(x.shape(), axis);
    if (given.length != lengths.size()
        || Arrays.stream(given).anyMatch(length -> length < 0)
        || Arrays.stream(given).sum() != lines.count()) {
      throw new GraphException("%s is split into %s".formatted(x.shape(), Arrays.toString(given)));
    }
    List<Array> parts = new ArrayList<>();
    int from = 0;
    for (long length : given) {
      long[] dims = x.shape().toArray();
      dims[axis] = length;
      int run = Math.toIntExact(length) * lines.inner();
      double[] y = new double[lines.outer() * run];
      for (int o = 0; o < lines.outer(); o++) {
        System.arraycopy(x.values(), lines.at(o, from, 0), y, o * run, run);
      }
      from += (int) length;
      parts.add(new Array(x.dtype(), Shape.of(dims), y));
    }
    return parts;
  }
}
