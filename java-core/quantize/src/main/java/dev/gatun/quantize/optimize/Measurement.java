package dev.gatun.quantize.optimize;

import java.util.Comparator;
import java.util.List;
import java.util.OptionalDouble;

/**
 * What an artifact does.
 *
 * @param accuracy as {@link Metric#ACCURACY}
 * @param divergence as {@link Metric#DIVERGENCE}
 * @param bytes as {@link Metric#SIZE}
 * @param times of one run, on each device that was asked for and could; at least one
 * @param task as {@link Metric#TASK}; empty without labelled examples
 */
public record Measurement(
    double accuracy, double divergence, long bytes, List<DeviceTime> times, OptionalDouble task) {
  /** Of what was not worth measuring. */
  static final Measurement WORST =
      new Measurement(0, Double.MAX_VALUE, Long.MAX_VALUE, Double.MAX_VALUE, "");

  public Measurement {
    times = List.copyOf(times);
    if (times.isEmpty()) {
      throw new IllegalArgumentException("nothing was timed");
    }
  }

  /** With a time that is known exactly. */
  Measurement(double accuracy, double divergence, long bytes, double seconds, String device) {
    this(
        accuracy,
        divergence,
        bytes,
        List.of(new DeviceTime(device, seconds, seconds, seconds)),
        OptionalDouble.empty());
  }

  /** The time on the device that is fastest. */
  public DeviceTime fastest() {
    return times.stream().min(Comparator.comparingDouble(DeviceTime::median)).orElseThrow();
  }

  /** As {@link Metric#LATENCY}. */
  public double seconds() {
    return fastest().median();
  }

  /** The device that is fastest. */
  public String device() {
    return fastest().device();
  }

  /** The value of a metric. */
  public double value(Metric metric) {
    return switch (metric) {
      case ACCURACY -> accuracy;
      case DIVERGENCE -> divergence;
      case TASK -> task.orElse(0);
      case SIZE -> bytes;
      case LATENCY -> seconds();
    };
  }

  /** Whether this is at least as good in accuracy, size and latency, and better in one of them. */
  boolean dominates(Measurement other) {
    boolean noWorse =
        accuracy >= other.accuracy && bytes <= other.bytes && seconds() <= other.seconds();
    return noWorse
        && (accuracy > other.accuracy || bytes < other.bytes || seconds() < other.seconds());
  }
}
