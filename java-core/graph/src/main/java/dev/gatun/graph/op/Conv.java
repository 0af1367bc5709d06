package dev.gatun.graph.op;

import dev.gatun.graph.Cost;
import dev.gatun.graph.Dim;
import dev.gatun.graph.ValueType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A convolution (ONNX Conv). Inputs: x [N, C, ..]; weights [M, C / groups, ..] of fixed extents;
 * optional bias [M]. One to three spatial axes; floating point of one dtype.
 *
 * @param groups channels are divided into so many groups that do not meet
 */
public record Conv(Windows windows, int groups) implements Op {
  @Override
  public String type() {
    return "Conv";
  }

  @Override
  public List<ValueType> infer(List<ValueType> inputs) {
    ValueType x = Infer.floating(this, inputs, 0);
    ValueType w = Infer.floating(this, inputs, 1);
    windows.check(this);
    int rank = windows.rank() + 2;
    Infer.check(
        this, x.rank() == rank && w.rank() == rank, "%s and %s for %s axes", x, w, rank - 2);
    for (Dim dim : w.dims()) {
      Infer.check(this, dim instanceof Dim.Fixed, "weights %s have no fixed extents", w);
    }
    for (int i = 0; i < rank - 2; i++) {
      Infer.check(this, w.dim(2 + i).is(windows.kernel().get(i)), "weights are %s", w);
    }
    long m = w.dim(0).max();
    Infer.check(this, groups >= 1 && m % groups == 0, "%s channels in %s groups", m, groups);
    long channels = w.dim(1).max() * groups;
    Infer.check(
        this,
        x.dim(1).is(channels) || !(x.dim(1) instanceof Dim.Fixed),
        "%s, and weights %s in %s groups",
        x,
        w,
        groups);
    if (Infer.present(inputs, 2)) {
      Infer.vector(this, inputs, 2, w.dim(0));
    }
    List<Dim> dims = new ArrayList<>(List.of(x.dim(0), w.dim(0)));
    for (int i = 0; i < rank - 2; i++) {
      dims.add(windows.output(this, x.dim(2 + i), i));
    }
    return List.of(new ValueType(x.dtype(), dims));
  }

  @Override
  public Cost cost(List<TypedShape> inputs, List<TypedShape> outputs) {
    TypedShape w = inputs.get(1);
    double perOutput = 2 * Costs.elements(w) / w.shape().dim(0);
    return Costs.streaming(perOutput * Costs.elements(outputs.getFirst()), inputs, outputs);
  }

  @Override
  public List<Array> reference(ReferenceCall call) {
    Array x = call.input(0);
    Array w = call.input(1);
    var s = new Spatial(windows, x.shape());
    int m = Math.toIntExact(w.shape().dim(0));
    int perGroup = Math.toIntExact(w.shape().dim(1));
    int size = s.outSize();
    double[] y = new double[Math.multiplyExact(s.batch * m, size)];
    double[] bias = call.input(2) == null ? null : call.input(2).values();
    double[] weights = w.values();
    for (int n = 0; n < s.batch; n++) {
      for (int o = 0; o < m; o++) {
        int yAt = (n * m + o) * size;
        if (bias != null) {
          Arrays.fill(y, yAt, yAt + size, bias[o]);
        }
        int first = o / (m / groups) * perGroup;
        for (int c = 0; c < perGroup; c++) {
          int xAt = (n * s.channels + first + c) * s.inSize();
          int wAt = (o * perGroup + c) * s.kernelSize();
          for (int k = 0; k < s.kernelSize(); k++) {
            add(s, x.values(), xAt, weights[wAt + k], k, y, yAt);
          }
        }
      }
    }
    return List.of(new Array(x.dtype(), s.result(x.shape().rank(), m), y));
  }

  /** Adds the products of one weight with the elements of the input that it meets. */
  private static void add(Spatial s, double[] x, int xAt, double w, int k, double[] y, int yAt) {
    int kw = k % s.kernel[2];
    int kh = k / s.kernel[2] % s.kernel[1];
    int kd = k / s.kernel[2] / s.kernel[1];
    int from = s.first(2, kw);
    int to = s.end(2, kw);
    for (int d = s.first(0, kd); d < s.end(0, kd); d++) {
      for (int h = s.first(1, kh); h < s.end(1, kh); h++) {
        int row = xAt + (s.at(0, d, kd) * s.in[1] + s.at(1, h, kh)) * s.in[2] + s.at(2, 0, kw);
        int target = yAt + (d * s.out[1] + h) * s.out[2];
        for (int i = from; i < to; i++) {
          y[target + i] += w * x[row + i * s.stride[2]];
        }
      }
    }
  }
}
