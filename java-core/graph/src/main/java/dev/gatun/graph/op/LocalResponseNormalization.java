package dev.gatun.graph.op;

import dev.gatun.graph.ValueType;
import java.util.List;
import java.util.Map;

/**
 * Local response normalization over channels (Krizhevsky et al. 2012): {@code x / (bias + alpha /
 * size * sum of squares of the channels around)^beta}. Input: x [n, channels, ..].
 *
 * @param size channels that are summed
 */
public record LocalResponseNormalization(int size, double alpha, double beta, double bias)
    implements OnnxOp {
  @Override
  public String type() {
    return "LRN";
  }

  @Override
  public Map<String, Object> attributes() {
    return Map.of("size", (long) size, "alpha", alpha, "beta", beta, "bias", bias);
  }

  @Override
  public List<ValueType> infer(List<ValueType> inputs) {
    ValueType x = Infer.floating(this, inputs, 0);
    Infer.rank(this, x, 2);
    Infer.check(this, size > 0, "size %s", size);
    return List.of(x);
  }

  @Override
  public List<Array> reference(ReferenceCall call) {
    Array x = call.input(0);
    Lines lines = Lines.of(x.shape(), 1);
    double[] y = new double[x.values().length];
    for (int o = 0; o < lines.outer(); o++) {
      for (int c = 0; c < lines.count(); c++) {
        int from = Math.max(0, c - (size - 1) / 2);
        int to = Math.min(lines.count() - 1, c + size / 2);
        for (int i = 0; i < lines.inner(); i++) {
          double sum = 0;
          for (int j = from; j <= to; j++) {
            double value = x.values()[lines.at(o, j, i)];
            sum += value * value;
          }
          int at = lines.at(o, c, i);
          y[at] = x.values()[at] / Math.pow(bias + alpha / size * sum, beta);
        }
      }
    }
    return List.of(new Array(x.dtype(), x.shape(), y));
  }
}
