package dev.gatun.graph.op;

import dev.gatun.graph.Dim;
import dev.gatun.graph.ValueType;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * A reduction over axes that are computed ({@link Reduce} has known ones). Inputs: x; axes I64 [n].
 *
 * @param noop whether no axes mean none; else all
 * @param dims the output's
 */
public record ReduceAxes(Reduce.Function function, boolean keepDims, boolean noop, List<Dim> dims)
    implements OnnxOp {
  public ReduceAxes {
    dims = List.copyOf(dims);
  }

  @Override
  public String type() {
    return function.onnxName();
  }

  @Override
  public Map<String, Object> attributes() {
    return Map.of("keepdims", keepDims ? 1L : 0L, "noop_with_empty_axes", noop ? 1L : 0L);
  }

  @Override
  public List<ValueType> infer(List<ValueType> inputs) {
    ValueType x = Infer.plain(this, inputs, 0);
    Infer.integer(this, inputs, 1);
    return List.of(new ValueType(x.dtype(), dims));
  }

  @Override
  public List<Array> reference(ReferenceCall call) {
    Array x = call.input(0);
    boolean none = call.input(1).shape().elements() == 0;
    if (none && noop) {
      return List.of(x);
    }
    int[] axes = Parameters.axes(this, none ? null : call.input(1), x.shape().rank());
    List<Integer> sorted = Arrays.stream(axes).sorted().distinct().boxed().toList();
    return new Reduce(function, sorted, keepDims).reference(call);
  }
}
