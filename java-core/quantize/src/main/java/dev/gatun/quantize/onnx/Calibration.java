package dev.gatun.quantize.onnx;

import dev.gatun.tensor.GatunException;
import dev.gatun.tensor.Tensor;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What values were observed to be. */
final class Calibration {
  /** Numbers beyond this stand for infinity, as in masks of attention. */
  private static final float ENDLESS = 1e30f;

  private static final float MASKED = 40;

  private final RangeMethod method;
  private final Map<String, Integer> axes;
  private final Map<String, float[]> divisors;
  private final Map<String, Histogram> histograms = new HashMap<>();
  private final Map<String, ValueRange> extremes = new HashMap<>();
  private final Map<String, ChannelStats> channels = new HashMap<>();

  private Calibration(
      RangeMethod method, Map<String, Integer> axes, Map<String, float[]> divisors) {
    this.method = method;
    this.axes = axes;
    this.divisors = divisors;
  }

  /**
   * Runs the examples.
   *
   * @param axes the values wanted, each with the axis of its channels; negative counts from the end
   * @param divisors what channels of a value are divided by, where they are
   * @throws GatunException naming a value that is not finite
   */
  static Calibration of(
      ActivationSource source,
      RangeMethod method,
      Map<String, Integer> axes,
      Map<String, float[]> divisors) {
    Calibration calibration = new Calibration(method, axes, divisors);
    source.run(Set.copyOf(axes.keySet()), calibration::add);
    return calibration;
  }

  private void add(String value, Tensor tensor) {
    float[] numbers = tensor.toFloats();
    int rank = tensor.shape().rank();
    int axis = axes.get(value) < 0 ? rank + axes.get(value) : axes.get(value);
    int extent = rank == 0 ? 1 : Math.toIntExact(tensor.shape().dim(axis));
    int inner = rank == 0 ? 1 : ChannelStats.inner(tensor, axis);
    float[] divisor = divisors.get(value);
    float low = Float.POSITIVE_INFINITY;
    float high = Float.NEGATIVE_INFINITY;
    for (int i = 0; i < numbers.length; i++) {
      if (divisor != null) {
        numbers[i] /= divisor[i / inner % extent];
      }
      if (!Float.isFinite(numbers[i])) {
        throw new GatunException(
            GatunException.Kind.MODEL,
            "value '%s' is %s on the calibration data; check the data, or exclude the nodes that read it"
                .formatted(value, numbers[i]));
      }
      numbers[i] = masked(numbers[i]);
      low = Math.min(low, numbers[i]);
      high = Math.max(high, numbers[i]);
    }
    if (numbers.length == 0) {
      return;
    }
    extremes.merge(
        value,
        new ValueRange(low, high),
        (a, b) -> new ValueRange(Math.min(a.low(), b.low()), Math.max(a.high(), b.high())));
    ChannelStats known = channels.computeIfAbsent(value, name -> new ChannelStats(extent));
    if (known.channels() == extent) {
      known.add(inner, numbers);
    } else if (known.channels() > 0) {
      // An axis whose extent changes has no channels.
      channels.put(value, new ChannelStats(0));
    }
    if (method.bins() > 0) {
      histograms.computeIfAbsent(value, name -> new Histogram(method.bins())).add(numbers);
    }
  }

  /**
   * What stands for infinity gets a number that a softmax makes nothing of, since a range that held
   * it could tell no other numbers apart.
   */
  static float masked(float x) {
    return Math.abs(x) < ENDLESS ? x : Math.copySign(MASKED, x);
  }

  /** The range of a value; empty when no run showed a number of it. */
  Optional<ValueRange> range(String value) {
    if (!extremes.containsKey(value)) {
      return Optional.empty();
    }
    return Optional.of(
        switch (method) {
          case RangeMethod.MinMax() -> extremes.get(value);
          case RangeMethod.Entropy(int _, int levels) -> histograms.get(value).entropy(levels);
          case RangeMethod.Percentile(int _, double percent) ->
              histograms.get(value).percentile(percent);
        });
  }

  /** Its channels; empty when their number changes between runs. */
  Optional<ChannelStats> channels(String value) {
    return Optional.ofNullable(channels.get(value)).filter(stats -> stats.channels() > 0);
  }
}
