package dev.gatun.quantize.onnx;

import java.util.Arrays;

/**
 * Counts of numbers in bins of equal width around 0. When larger numbers come, bins of the same
 * width are added on both sides, as ONNX Runtime's collector does; bin edges are NumPy's.
 */
final class Histogram {
  private long[] counts;
  private double threshold;
  private float low = Float.POSITIVE_INFINITY;
  private float high = Float.NEGATIVE_INFINITY;

  Histogram(int bins) {
    counts = new long[bins];
  }

  void add(float... values) {
    float least = Float.POSITIVE_INFINITY;
    float most = Float.NEGATIVE_INFINITY;
    for (float x : values) {
      least = Math.min(least, x);
      most = Math.max(most, x);
    }
    if (values.length == 0) {
      return;
    }
    grow(Math.max(Math.abs(least), Math.abs(most)));
    low = Math.min(low, least);
    high = Math.max(high, most);
    // NumPy gives an empty range the width 1.
    double edge = threshold == 0 ? 0.5 : threshold;
    double width = 2 * edge / counts.length;
    for (float x : values) {
      int bin = (int) Math.floor((x + edge) / width);
      counts[Math.max(0, Math.min(counts.length - 1, bin))]++;
    }
  }

  private void grow(double wanted) {
    if (wanted <= threshold) {
      return;
    }
    if (threshold == 0) {
      threshold = wanted;
      return;
    }
    double stride = 2 * threshold / counts.length;
    int more = (int) Math.floor((wanted - threshold) / stride + 1);
    long[] wider = new long[counts.length + 2 * more];
    System.arraycopy(counts, 0, wider, more, counts.length);
    counts = wider;
    threshold += more * stride;
  }

  /** The range that leaves {@code (100 - percent) / 2} of a hundred out on each side. */
  ValueRange percentile(double percent) {
    double total = Arrays.stream(counts).sum();
    double cut = (100 - percent) / 200;
    return clipped(edge(search(total, cut)), edge(search(total, 1 - cut)));
  }

  /** The first bin up to whose end this share of the numbers lies. */
  private int search(double total, double share) {
    double sum = 0;
    for (int i = 0; i < counts.length; i++) {
      sum += counts[i] / total;
      if (sum >= share) {
        return i;
      }
    }
    return counts.length;
  }

  /** The range with the least divergence when quantized to so many levels. */
  ValueRange entropy(int levels) {
    int middle = counts.length / 2;
    int half = levels / 2;
    double least = Double.POSITIVE_INFINITY;
    int best = half;
    for (int i = half; i <= middle; i++) {
      int from = middle - i;
      int to = Math.min(middle + i + 1, counts.length);
      double divergence = Divergence.of(counts, from, to, levels);
      if (divergence < least) {
        least = divergence;
        best = i;
      }
    }
    return clipped(
        edge(Math.max(0, middle - best)), edge(Math.min(middle + best + 1, counts.length)));
  }

  private double edge(int bin) {
    return -threshold + 2 * threshold * bin / counts.length;
  }

  private ValueRange clipped(double from, double to) {
    return new ValueRange(Math.max(low, (float) from), Math.min(high, (float) to));
  }
}
