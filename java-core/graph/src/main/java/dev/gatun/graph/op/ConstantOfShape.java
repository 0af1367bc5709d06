package dev.gatun.graph.op;

import dev.gatun.graph.Dim;
import dev.gatun.graph.ValueType;
import dev.gatun.tensor.DType;
import dev.gatun.tensor.Shape;
import dev.gatun.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * One number everywhere. Inputs: shape I64 [rank].
 *
 * @param dtype of the output
 * @param dims the output's
 */
public record ConstantOfShape(DType dtype, double value, List<Dim> dims)
    implements OnnxOp, SizedByNumbers {
  public ConstantOfShape {
    dims = List.copyOf(dims);
  }

  @Override
  public String type() {
    return "ConstantOfShape";
  }

  @Override
  public Map<String, Object> attributes() {
    Array array = new Array(dtype, Shape.of(1), value);
    MemorySegment data = MemorySegment.ofArray(new byte[dtype.blockBytes()]);
    array.store(data, 0);
    return Map.of("value", new Tensor(dtype, Shape.of(1), data));
  }

  @Override
  public List<ValueType> infer(List<ValueType> inputs) {
    Infer.integer(this, inputs, 0);
    return List.of(new ValueType(dtype, dims));
  }

  @Override
  public Set<Integer> deciding() {
    return Set.of(0);
  }

  @Override
  public List<Shape> shapes(Sizing sizing) {
    return List.of(Parameters.shape(this, Parameters.longs(sizing.number(0))));
  }

  @Override
  public List<Array> reference(ReferenceCall call) {
    Shape shape = shapes(Sizing.of(call)).getFirst();
    double[] y = new double[(int) shape.elements()];
    Arrays.fill(y, value);
    return List.of(new Array(dtype, shape, y));
  }
}
