package dev.gatun.graph.op;

import dev.gatun.graph.Dim;
import dev.gatun.graph.GraphException;
import dev.gatun.graph.ValueType;
import dev.gatun.tensor.Shape;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A grid for {@link GridSample} that an affine map makes. Inputs: theta [n, axes, axes + 1]; size
 * I64: n, c, extents of the output.
 *
 * @param alignCorners whether -1 and 1 are the centres of the outer elements, else their edges
 * @param dims the output's: [n, extents .., axes]
 */
public record AffineGrid(boolean alignCorners, List<Dim> dims) implements OnnxOp, SizedByNumbers {
  public AffineGrid {
    dims = List.copyOf(dims);
  }

  @Override
  public String type() {
    return "AffineGrid";
  }

  @Override
  public Map<String, Object> attributes() {
    return Map.of("align_corners", alignCorners ? 1L : 0L);
  }

  @Override
  public List<ValueType> infer(List<ValueType> inputs) {
    ValueType theta = Infer.floating(this, inputs, 0);
    Infer.integer(this, inputs, 1);
    Infer.check(this, theta.rank() == 3, "theta is %s", theta);
    return List.of(new ValueType(theta.dtype(), dims));
  }

  @Override
  public Set<Integer> deciding() {
    return Set.of(1);
  }

  @Override
  public List<Shape> shapes(Sizing sizing) {
    long[] size = Parameters.longs(sizing.number(1));
    int axes = size.length - 2;
    if (axes < 1 || !sizing.shape(0).equals(Shape.of(size[0], axes, axes + 1))) {
      throw new GraphException("theta %s for %d axes".formatted(sizing.shape(0), axes));
    }
    long[] extents = new long[axes + 2];
    extents[0] = size[0];
    System.arraycopy(size, 2, extents, 1, axes);
    extents[axes + 1] = axes;
    return List.of(Parameters.shape(this, extents));
  }

  @Override
  public List<Array> reference(ReferenceCall call) {
    Shape shape = shapes(Sizing.of(call)).getFirst();
    Array theta = call.input(0);
    long[] size = Parameters.longs(call.input(1));
    int axes = size.length - 2;
    long[] extents = shape.toArray();
    double[] y = new double[(int) shape.elements()];
    long[] index = new long[extents.length];
    double[] t = theta.values();
    for (int i = 0; i < y.length; i++) {
      int row = (int) (index[0] * axes + index[axes + 1]) * (axes + 1);
      double sum = t[row + axes];
      for (int k = 0; k < axes; k++) {
        long extent = size[size.length - 1 - k];
        long at = index[axes - k];
        double place =
            alignCorners
                ? extent == 1 ? 0 : -1 + 2.0 * at / (extent - 1)
                : (2.0 * at + 1) / extent - 1;
        sum += t[row + k] * place;
      }
      y[i] = sum;
      Broadcast.next(index, shape);
    }
    return List.of(new Array(theta.dtype(), shape, y));
  }
}
