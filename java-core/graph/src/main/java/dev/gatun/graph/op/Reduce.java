package dev.gatun.graph.op;

import dev.gatun.graph.Cost;
import dev.gatun.graph.Dim;
import dev.gatun.graph.ValueType;
import dev.gatun.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A reduction over axes.
 *
 * @param axes axes to reduce, each from 0, ascending
 * @param keepDims whether reduced axes stay with extent 1
 */
public record Reduce(Function function, List<Integer> axes, boolean keepDims) implements Op {
  /** Functions, named as ONNX names the op. */
  public enum Function {
    SUM("ReduceSum"),
    MEAN("ReduceMean"),
    MAX("ReduceMax"),
    MIN("ReduceMin"),
    PROD("ReduceProd");

    private final String onnxName;

    Function(String onnxName) {
      this.onnxName = onnxName;
    }

    public String onnxName() {
      return onnxName;
    }
  }

  public Reduce {
    axes = List.copyOf(axes);
  }

  @Override
  public String type() {
    return function.onnxName();
  }

  @Override
  public List<ValueType> infer(List<ValueType> inputs) {
    ValueType x = Infer.plain(this, inputs, 0);
    for (int i = 0; i < axes.size(); i++) {
      int axis = axes.get(i);
      Infer.check(this, axis >= 0 && axis < x.rank(), "axis %s outside %s", axis, x);
      Infer.check(this, i == 0 || axes.get(i - 1) < axis, "axes %s are not ascending", axes);
    }
    List<Dim> dims = new ArrayList<>();
    for (int axis = 0; axis < x.rank(); axis++) {
      if (!axes.contains(axis)) {
        dims.add(x.dim(axis));
      } else if (keepDims) {
        dims.add(Dim.of(1));
      }
    }
    return List.of(new ValueType(x.dtype(), dims));
  }

  @Override
  public Cost cost(List<TypedShape> inputs, List<TypedShape> outputs) {
    return Costs.streaming(Costs.elements(inputs.getFirst()), inputs, outputs);
  }

  @Override
  public List<Array> reference(ReferenceCall call) {
    Array x = call.input(0);
    int rank = x.shape().rank();
    long[] kept = x.shape().toArray();
    axes.forEach(axis -> kept[axis] = 1);
    Shape full = Shape.of(kept);
    double[] y = new double[Math.toIntExact(full.elements())];
    Arrays.fill(
        y,
        switch (function) {
          case SUM, MEAN -> 0;
          case PROD -> 1;
          case MAX -> Double.NEGATIVE_INFINITY;
          case MIN -> Double.POSITIVE_INFINITY;
        });
    int[] to = Broadcast.offsets(x.shape(), Broadcast.strides(full, x.shape()));
    double[] values = x.values();
    for (int i = 0; i < values.length; i++) {
      double sum = y[to[i]];
      y[to[i]] =
          switch (function) {
            case SUM, MEAN -> sum + values[i];
            case PROD -> sum * values[i];
            case MAX -> Math.max(sum, values[i]);
            case MIN -> Math.min(sum, values[i]);
          };
    }
    if (function == Function.MEAN) {
      double count = (double) values.length / Math.max(1, y.length);
      for (int i = 0; i < y.length; i++) {
        y[i] /= count;
      }
    }
    if (!x.dtype().isFloat()) {
      for (int i = 0; i < y.length; i++) {
        y[i] = Elements.round(x.dtype(), y[i]);
      }
    }
    long[] dims =
        IntStream.range(0, rank)
            .filter(axis -> keepDims || !axes.contains(axis))
            .mapToLong(axis -> kept[axis])
            .toArray();
    return List.of(new Array(x.dtype(), Shape.of(dims), y));
  }
}
