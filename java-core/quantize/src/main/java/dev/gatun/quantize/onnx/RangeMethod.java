package dev.gatun.quantize.onnx;

import dev.gatun.tensor.GatunException;

/** How a value's range follows from what was observed. */
public sealed interface RangeMethod {
  /** Bins of a histogram before it grows. */
  int bins();

  /** The extremes. */
  record MinMax() implements RangeMethod {
    @Override
    public int bins() {
      return 0;
    }

    @Override
    public String toString() {
      return "minmax";
    }
  }

  /**
   * The range whose quantized distribution diverges least from the observed one (TensorRT's
   * calibration, as ONNX Runtime has it).
   *
   * @param bins of the histogram
   * @param levels that it is quantized to
   */
  record Entropy(int bins, int levels) implements RangeMethod {
    @Override
    public String toString() {
      return "entropy";
    }
  }

  /**
   * The range that holds so many of a hundred of the numbers.
   *
   * @param bins of the histogram
   * @param percent above 50, at most 100
   */
  record Percentile(int bins, double percent) implements RangeMethod {
    public Percentile {
      if (!(percent > 50 && percent <= 100)) {
        throw new GatunException(
            GatunException.Kind.USAGE,
            "a percentile of %s: give one above 50 and up to 100".formatted(percent));
      }
    }

    @Override
    public String toString() {
      return "percentile " + percent;
    }
  }
}
