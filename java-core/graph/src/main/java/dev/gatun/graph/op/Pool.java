package dev.gatun.graph.op;

import dev.gatun.graph.Cost;
import dev.gatun.graph.Dim;
import dev.gatun.graph.ValueType;
import dev.gatun.tensor.DType;
import dev.gatun.tensor.Shape;
import java.util.ArrayList;
import java.util.List;

/**
 * One number for each window of x [N, C, ..] (ONNX MaxPool, AveragePool, LpPool). One to three
 * spatial axes. MaxPool takes any plain dtype, the others floating point.
 *
 * @param countPadding whether an average counts the zeros of the padding
 * @param power p of LpPool
 * @param indices whether MaxPool gives, as a second output I64, where in x each maximum was
 * @param columnMajor whether indices count the spatial axes from the first
 */
public record Pool(
    Kind kind,
    Windows windows,
    boolean countPadding,
    long power,
    boolean indices,
    boolean columnMajor)
    implements Op {
  /** What is made of a window. */
  public enum Kind {
    MAX("MaxPool"),
    AVERAGE("AveragePool"),
    LP("LpPool");

    private final String onnxName;

    Kind(String onnxName) {
      this.onnxName = onnxName;
    }
  }

  @Override
  public String type() {
    return kind.onnxName;
  }

  @Override
  public List<ValueType> infer(List<ValueType> inputs) {
    ValueType x = kind == Kind.MAX ? Infer.plain(this, inputs, 0) : Infer.floating(this, inputs, 0);
    windows.check(this);
    Infer.check(this, x.rank() == windows.rank() + 2, "%s for %s axes", x, windows.rank());
    Infer.check(this, kind == Kind.MAX || !indices, "only MaxPool has indices");
    List<Dim> dims = new ArrayList<>(x.dims().subList(0, 2));
    for (int i = 0; i < windows.rank(); i++) {
      dims.add(windows.output(this, x.dim(2 + i), i));
    }
    ValueType y = new ValueType(x.dtype(), dims);
    return indices ? List.of(y, new ValueType(DType.I64, dims)) : List.of(y);
  }

  @Override
  public Cost cost(List<TypedShape> inputs, List<TypedShape> outputs) {
    double window = 1;
    for (long extent : windows.kernel()) {
      window *= extent;
    }
    return Costs.streaming(window * Costs.elements(outputs.getFirst()), inputs, outputs);
  }

  @Override
  public List<Array> reference(ReferenceCall call) {
    Array x = call.input(0);
    var s = new Spatial(windows, x.shape());
    int count = s.batch * s.channels;
    double[] y = new double[Math.multiplyExact(count, s.outSize())];
    double[] at = new double[indices ? y.length : 0];
    int i = 0;
    for (int plane = 0; plane < count; plane++) {
      for (int d = 0; d < s.out[0]; d++) {
        for (int h = 0; h < s.out[1]; h++) {
          for (int w = 0; w < s.out[2]; w++) {
            window(s, x.values(), plane, new int[] {d, h, w}, y, at, i++);
          }
        }
      }
    }
    Shape shape = s.result(x.shape().rank(), s.channels);
    Array result = new Array(x.dtype(), shape, y);
    return indices ? List.of(result, new Array(DType.I64, shape, at)) : List.of(result);
  }

  private void window(
      Spatial s, double[] x, int plane, int[] o, double[] y, double[] at, int target) {
    double sum = kind == Kind.MAX ? Double.NEGATIVE_INFINITY : 0;
    long best = -1;
    int met = 0;
    for (int k = 0; k < s.kernelSize(); k++) {
      int iw = s.at(2, o[2], k % s.kernel[2]);
      int ih = s.at(1, o[1], k / s.kernel[2] % s.kernel[1]);
      int id = s.at(0, o[0], k / s.kernel[2] / s.kernel[1]);
      if (!inside(s, id, ih, iw)) {
        boolean padding =
            id < s.in[0] + s.after[0] && ih < s.in[1] + s.after[1] && iw < s.in[2] + s.after[2];
        met += padding && countPadding ? 1 : 0;
        continue;
      }
      met++;
      double value = x[plane * s.inSize() + (id * s.in[1] + ih) * s.in[2] + iw];
      switch (kind) {
        case AVERAGE -> sum += value;
        case LP -> sum += Math.pow(Math.abs(value), (double) power);
        case MAX -> {
          if (best < 0 || value > sum || (Double.isNaN(value) && !Double.isNaN(sum))) {
            sum = value;
            best = columnMajor ? id + s.in[0] * (ih + (long) s.in[1] * iw) : index(s, id, ih, iw);
          }
        }
      }
    }
    y[target] =
        switch (kind) {
          case MAX -> sum;
          case AVERAGE -> met == 0 ? 0 : sum / met;
          case LP -> Math.pow(sum, 1.0 / power);
        };
    if (indices) {
      at[target] = (double) plane * s.inSize() + best;
    }
  }

  private static long index(Spatial s, int d, int h, int w) {
    return ((long) d * s.in[1] + h) * s.in[2] + w;
  }

  private static boolean inside(Spatial s, int d, int h, int w) {
    return d >= 0 && d < s.in[0] && h >= 0 && h < s.in[1] && w >= 0 && w < s.in[2];
  }
}
