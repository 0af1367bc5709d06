package dev.gatun.graph.op;

import dev.gatun.graph.Cost;
import dev.gatun.graph.Dim;
import dev.gatun.graph.ValueType;
import dev.gatun.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A transposed convolution (ONNX ConvTranspose). Inputs: x [N, C, ..]; weights [C, M / groups, ..]
 * of fixed extents; optional bias [M]. One to three spatial axes.
 *
 * @param windows padding is what is cut off the result; no automatic padding, no ceil
 * @param outputPadding elements added at the end of each axis of the result
 */
public record ConvTranspose(Windows windows, List<Long> outputPadding, int groups) implements Op {
  public ConvTranspose {
    outputPadding = List.copyOf(outputPadding);
  }

  @Override
  public String type() {
    return "ConvTranspose";
  }

  @Override
  public List<ValueType> infer(List<ValueType> inputs) {
    ValueType x = Infer.floating(this, inputs, 0);
    ValueType w = Infer.floating(this, inputs, 1);
    windows.check(this);
    int rank = windows.rank() + 2;
    boolean fixed = w.dims().stream().allMatch(Dim.Fixed.class::isInstance);
    Infer.check(
        this,
        x.rank() == rank && w.rank() == rank && fixed && outputPadding.size() == rank - 2,
        "%s and %s for %s axes",
        x,
        w,
        rank - 2);
    Infer.check(this, windows.auto() == Windows.Auto.NOTSET && !windows.ceil(), "%s", windows);
    Infer.check(
        this,
        groups >= 1 && w.dim(0).max() % groups == 0 && x.dim(1).equals(w.dim(0)),
        "%s, and weights %s in %s groups",
        x,
        w,
        groups);
    Dim m = w.dim(1).times(groups);
    if (Infer.present(inputs, 2)) {
      Infer.vector(this, inputs, 2, m);
    }
    List<Dim> dims = new ArrayList<>(List.of(x.dim(0), m));
    for (int i = 0; i < rank - 2; i++) {
      Dim spread = x.dim(2 + i).times(windows.strides().get(i));
      boolean some = !(spread instanceof Dim.Fixed(long size)) || size + rest(i) >= 0;
      Infer.check(this, some, "nothing of %s is left", x);
      dims.add(spread.plus(rest(i)));
    }
    return List.of(new ValueType(x.dtype(), dims));
  }

  /** What the result has beyond stride times the input, along an axis. */
  private long rest(int axis) {
    return windows.span(axis)
        - windows.strides().get(axis)
        + outputPadding.get(axis)
        - windows.padBegin().get(axis)
        - windows.padEnd().get(axis);
  }

  @Override
  public Cost cost(List<TypedShape> inputs, List<TypedShape> outputs) {
    TypedShape w = inputs.get(1);
    double perInput = 2 * Costs.elements(w) / w.shape().dim(0);
    return Costs.streaming(perInput * Costs.elements(inputs.getFirst()), inputs, outputs);
  }

  @Override
  public List<Array> reference(ReferenceCall call) {
    Array x = call.input(0);
    Array w = call.input(1);
    int rank = x.shape().rank();
    int perGroup = Math.toIntExact(w.shape().dim(1));
    int m = perGroup * groups;
    long[] dims = x.shape().toArray();
    dims[1] = m;
    for (int i = 0; i < rank - 2; i++) {
      dims[2 + i] = dims[2 + i] * windows.strides().get(i) + rest(i);
    }
    Shape shape = Shape.of(dims);
    // The windows of the result's own convolution, whose gradient this is.
    var s = new Spatial(windows, shape);
    int[] in = {1, 1, 1};
    for (int i = 0; i < rank - 2; i++) {
      in[Spatial.AXES - rank + 2 + i] = Math.toIntExact(x.shape().dim(2 + i));
    }
    int inSize = in[0] * in[1] * in[2];
    int channels = Math.toIntExact(x.shape().dim(1));
    double[] y = new double[Math.toIntExact(shape.elements())];
    if (call.input(2) != null) {
      for (int i = 0; i < s.batch * m; i++) {
        Arrays.fill(y, i * s.inSize(), (i + 1) * s.inSize(), call.input(2).values()[i % m]);
      }
    }
    for (int n = 0; n < s.batch; n++) {
      for (int c = 0; c < channels; c++) {
        int first = c / (channels / groups) * perGroup;
        for (int o = 0; o < perGroup; o++) {
          int yAt = (n * m + first + o) * s.inSize();
          int wAt = (c * perGroup + o) * s.kernelSize();
          spread(s, in, x.values(), (n * channels + c) * inSize, w.values(), wAt, y, yAt);
        }
      }
    }
    return List.of(new Array(x.dtype(), shape, y));
  }

  private static void spread(
      Spatial s, int[] in, double[] x, int xAt, double[] w, int wAt, double[] y, int yAt) {
    int at = xAt;
    for (int d = 0; d < in[0]; d++) {
      for (int h = 0; h < in[1]; h++) {
        for (int i = 0; i < in[2]; i++) {
          double value = x[at++];
          for (int k = 0; k < s.kernelSize(); k++) {
            int yw = s.at(2, i, k % s.kernel[2]);
            int yh = s.at(1, h, k / s.kernel[2] % s.kernel[1]);
            int yd = s.at(0, d, k / s.kernel[2] / s.kernel[1]);
            if (yd >= 0 && yd < s.in[0] && yh >= 0 && yh < s.in[1] && yw >= 0 && yw < s.in[2]) {
              y[yAt + (yd * s.in[1] + yh) * s.in[2] + yw] += value * w[wAt + k];
            }
          }
        }
      }
    }
  }
}
