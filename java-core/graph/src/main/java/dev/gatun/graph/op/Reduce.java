package dev.gatun.graph.op;

import dev.gatun.graph.Dim;
import dev.gatun.graph.ValueType;
import java.util.ArrayList;
import java.util.List;

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
    MIN("ReduceMin");

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
    ValueType x = Infer.required(this, inputs, 0);
    List<Dim> dims = new ArrayList<>();
    for (int axis = 0; axis < x.rank(); axis++) {
      if (!axes.contains(axis)) {
        dims.add(x.dim(axis));
      } else if (keepDims) {
        dims.add(Dim.of(1));
      }
    }
    for (int axis : axes) {
      Infer.check(this, axis >= 0 && axis < x.rank(), "axis %s outside %s", axis, x);
    }
    return List.of(new ValueType(x.dtype(), dims));
  }
}
