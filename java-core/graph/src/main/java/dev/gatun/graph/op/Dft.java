package dev.gatun.graph.op;

import dev.gatun.graph.Cost;
import dev.gatun.graph.Dim;
import dev.gatun.graph.GraphException;
import dev.gatun.graph.ValueType;
import dev.gatun.tensor.Shape;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Discrete Fourier transform along an axis (ONNX DFT of operator set 20). Inputs: x [.., 1] real or
 * [.., 2] complex; length I64, absent for the axis' extent; axis I64, absent for -2.
 *
 * @param dims the output's
 */
public record Dft(boolean inverse, boolean onesided, List<Dim> dims)
    implements OnnxOp, SizedByNumbers {
  public Dft {
    dims = List.copyOf(dims);
  }

  @Override
  public String type() {
    return "DFT";
  }

  @Override
  public Map<String, Object> attributes() {
    return Map.of("inverse", inverse ? 1L : 0L, "onesided", onesided ? 1L : 0L);
  }

  @Override
  public List<ValueType> infer(List<ValueType> inputs) {
    ValueType x = Infer.floating(this, inputs, 0);
    Infer.rank(this, x, 2);
    Infer.check(this, x.rank() == dims.size(), "%s does not become %s", x, dims);
    return List.of(new ValueType(x.dtype(), dims));
  }

  @Override
  public Cost cost(List<TypedShape> inputs, List<TypedShape> outputs) {
    double n = Costs.elements(inputs.getFirst());
    return Costs.streaming(5 * n * Math.log(Math.max(2, n)), inputs, outputs);
  }

  @Override
  public Set<Integer> deciding() {
    return Set.of(1, 2);
  }

  /** The axis that is transformed. */
  public int axis(Sizing sizing) {
    long given = sizing.number(2) == null ? -2 : (long) sizing.number(2).scalar();
    return Lines.axis(this, given, sizing.shape(0).rank());
  }

  /** How many numbers are transformed: those behind the end of x are 0. */
  public int length(Sizing sizing) {
    return sizing.number(1) == null
        ? Math.toIntExact(sizing.shape(0).dim(axis(sizing)))
        : (int) sizing.number(1).scalar();
  }

  @Override
  public List<Shape> shapes(Sizing sizing) {
    Shape x = sizing.shape(0);
    int axis = axis(sizing);
    int n = length(sizing);
    if (axis == x.rank() - 1 || n < 1 || x.rowLength() > 2) {
      throw new GraphException("axis %d of %s, length %d".formatted(axis, x, n));
    }
    long[] dims = x.toArray();
    dims[axis] = onesided ? n / 2 + 1 : n;
    dims[x.rank() - 1] = 2;
    return List.of(Parameters.shape(this, dims));
  }

  @Override
  public List<Array> reference(ReferenceCall call) {
    var sizing = Sizing.of(call);
    Shape shape = shapes(sizing).getFirst();
    Array x = call.input(0);
    int rank = x.shape().rank();
    int axis = axis(sizing);
    int n = length(sizing);
    int bins = Math.toIntExact(shape.dim(axis));
    int parts = Math.toIntExact(x.shape().rowLength());
    int outer = Broadcast.product(shape, 0, axis);
    int inner = Broadcast.product(shape, axis + 1, rank - 1);
    int count = Math.toIntExact(x.shape().dim(axis));
    double[] y = new double[(int) shape.elements()];
    double[] line = new double[2 * count];
    for (int o = 0; o < outer; o++) {
      for (int i = 0; i < inner; i++) {
        for (int j = 0; j < count; j++) {
          int at = ((o * count + j) * inner + i) * parts;
          line[2 * j] = x.values()[at];
          line[2 * j + 1] = parts == 2 ? x.values()[at + 1] : 0;
        }
        double[] bin = Fourier.transform(line, n, bins, inverse);
        for (int k = 0; k < bins; k++) {
          System.arraycopy(bin, 2 * k, y, ((o * bins + k) * inner + i) * 2, 2);
        }
      }
    }
    return List.of(new Array(x.dtype(), shape, y));
  }
}
