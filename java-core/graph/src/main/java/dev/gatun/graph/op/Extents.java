package dev.gatun.graph.op;

import dev.gatun.graph.Cost;
import dev.gatun.graph.Dim;
import dev.gatun.graph.ValueType;
import dev.gatun.tensor.DType;
import dev.gatun.tensor.Shape;
import java.util.List;

/**
 * Sizes of extents as I64, one of each dimension. What ONNX computes with Shape and Size and then
 * reads as numbers. Inputs: values that have the extents that depend on data, whose nodes must have
 * run; their content does not matter.
 *
 * @param dims extents that are known when the node runs
 * @param scalar whether the result is one number without dimensions
 */
public record Extents(List<Dim> dims, boolean scalar) implements Op {
  public Extents {
    dims = List.copyOf(dims);
  }

  @Override
  public String type() {
    return "Extents";
  }

  @Override
  public List<ValueType> infer(List<ValueType> inputs) {
    Infer.check(this, !scalar || dims.size() == 1, "%s is no scalar", dims);
    return List.of(scalar ? ValueType.of(DType.I64) : ValueType.of(DType.I64, Dim.of(dims.size())));
  }

  @Override
  public Cost cost(List<TypedShape> inputs, List<TypedShape> outputs) {
    return Costs.written(outputs);
  }

  @Override
  public List<Array> reference(ReferenceCall call) {
    double[] sizes = dims.stream().mapToDouble(call::size).toArray();
    return List.of(
        new Array(DType.I64, scalar ? Shape.of() : Shape.of((long) sizes.length), sizes));
  }
}
