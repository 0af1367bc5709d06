package dev.gatun.graph.op;

import dev.gatun.graph.Dim;
import dev.gatun.graph.GraphException;
import dev.gatun.graph.ValueType;
import dev.gatun.tensor.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * A reduction over axes that are computed ({@link Reduce} has known ones). Inputs: x; axes I64 [n].
 *
 * @param noop whether no axes mean none; else all
 * @param dims the output's
 */
public record ReduceAxes(Reduce.Function function, boolean keepDims, boolean noop, List<Dim> dims)
    implements OnnxOp, SizedByNumbers {
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
  public Set<Integer> deciding() {
    return Set.of(1);
  }

  /**
   * The reduction over known axes.
   *
   * @throws GraphException when x has no such axes
   */
  public Reduce known(Sizing sizing) {
    boolean none = sizing.number(1).shape().elements() == 0;
    int rank = sizing.shape(0).rank();
    int[] axes =
        none && noop ? new int[0] : Parameters.axes(this, none ? null : sizing.number(1), rank);
    return new Reduce(function, Arrays.stream(axes).sorted().distinct().boxed().toList(), keepDims);
  }

  @Override
  public List<Shape> shapes(Sizing sizing) {
    List<Integer> axes = known(sizing).axes();
    long[] dims = sizing.shape(0).toArray();
    return List.of(
        Shape.of(
            IntStream.range(0, dims.length)
                .filter(axis -> keepDims || !axes.contains(axis))
                .mapToLong(axis -> axes.contains(axis) ? 1 : dims[axis])
                .toArray()));
  }

  @Override
  public List<Array> reference(ReferenceCall call) {
    return known(Sizing.of(call)).reference(call);
  }
}
