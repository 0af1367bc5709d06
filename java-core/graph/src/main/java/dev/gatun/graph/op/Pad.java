package dev.gatun.graph.op;

import dev.gatun.graph.Dim;
import dev.gatun.graph.GraphException;
import dev.gatun.graph.ValueType;
import dev.gatun.tensor.Shape;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Adds elements before and after axes, or takes some away where the number is negative. Inputs: x;
 * pads I64 [2 n], all the first numbers, then all the second; value, one element, absent for 0;
 * axes [n], absent for all.
 *
 * @param dims the output's
 */
public record Pad(Mode mode, List<Dim> dims) implements OnnxOp, SizedByNumbers {
  /** What is added. */
  public enum Mode {
    CONSTANT,
    /** A mirror image without the edge. */
    REFLECT,
    EDGE,
    /** The other end. */
    WRAP;

    /** ONNX's name. */
    public String onnxName() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  public Pad {
    dims = List.copyOf(dims);
  }

  @Override
  public String type() {
    return "Pad";
  }

  @Override
  public Map<String, Object> attributes() {
    return Map.of("mode", mode.onnxName());
  }

  @Override
  public List<ValueType> infer(List<ValueType> inputs) {
    ValueType x = Infer.plain(this, inputs, 0);
    Infer.integer(this, inputs, 1);
    if (Infer.present(inputs, 2)) {
      Infer.check(this, inputs.get(2).dtype() == x.dtype(), "%s is padded by %s", x, inputs.get(2));
    }
    Infer.check(this, x.rank() == dims.size(), "%s does not become %s", x, dims);
    return List.of(new ValueType(x.dtype(), dims));
  }

  @Override
  public Set<Integer> deciding() {
    return Set.of(1, 3);
  }

  /** Elements that are added before each axis, and after each. */
  private static final class Pads {
    private final long[] before;
    private final long[] after;

    Pads(int rank) {
      before = new long[rank];
      after = new long[rank];
    }
  }

  private Pads pads(Sizing sizing) {
    int rank = sizing.shape(0).rank();
    long[] pads = Parameters.longs(sizing.number(1));
    int[] axes = Parameters.axes(this, sizing.number(3), rank);
    if (pads.length != 2 * axes.length) {
      throw new GraphException("%d pads for %d axes".formatted(pads.length, axes.length));
    }
    var all = new Pads(rank);
    for (int i = 0; i < axes.length; i++) {
      all.before[axes[i]] = pads[i];
      all.after[axes[i]] = pads[i + axes.length];
    }
    return all;
  }

  /**
   * Elements that are added before each axis; negative where some are taken away.
   *
   * @throws GraphException when the numbers do not fit
   */
  public long[] before(Sizing sizing) {
    return pads(sizing).before;
  }

  @Override
  public List<Shape> shapes(Sizing sizing) {
    Pads pads = pads(sizing);
    long[] dims = sizing.shape(0).toArray();
    for (int d = 0; d < dims.length; d++) {
      dims[d] += pads.before[d] + pads.after[d];
    }
    return List.of(Parameters.shape(this, dims));
  }

  @Override
  public List<Array> reference(ReferenceCall call) {
    Array x = call.input(0);
    int rank = x.shape().rank();
    double value = call.input(2) == null ? 0 : call.input(2).scalar();
    long[] before = before(Sizing.of(call));
    Shape shape = shapes(Sizing.of(call)).getFirst();
    long[] own = Broadcast.strides(x.shape());
    double[] y = new double[(int) shape.elements()];
    long[] index = new long[rank];
    for (int i = 0; i < y.length; i++) {
      long at = 0;
      for (int d = 0; d < rank && at >= 0; d++) {
        long source = source(index[d] - before[d], x.shape().dim(d));
        at = source < 0 ? -1 : at + own[d] * source;
      }
      y[i] = at < 0 ? value : x.values()[(int) at];
      Broadcast.next(index, shape);
    }
    return List.of(new Array(x.dtype(), shape, y));
  }

  /** The index that is copied; negative for none. */
  private long source(long index, long extent) {
    if (index >= 0 && index < extent) {
      return index;
    }
    if (mode != Mode.CONSTANT && extent == 0) {
      throw new GraphException("nothing to pad with");
    }
    return switch (mode) {
      case CONSTANT -> -1;
      case EDGE -> Math.clamp(index, 0, extent - 1);
      case WRAP -> Math.floorMod(index, extent);
      case REFLECT -> {
        if (extent == 1) {
          yield 0;
        }
        long period = 2 * (extent - 1);
        long phase = Math.floorMod(index, period);
        yield phase < extent ? phase : period - phase;
      }
    };
  }
}
