package dev.gatun.quantize.optimize;

import java.util.Arrays;

/**
 * How long one run takes on a device.
 *
 * @param median in seconds
 * @param low lower end of the median's interval of 95 %, from the order of the times alone
 * @param high upper end of it
 */
public record DeviceTime(String device, double median, double low, double high) {
  /** Standard deviations of a normal distribution that hold 95 %. */
  private static final double SPREAD = 1.96;

  /**
   * The median of times, with its interval: so many times lie below it as a fair coin falls.
   *
   * @param nanoseconds at least one
   */
  static DeviceTime of(String device, long... nanoseconds) {
    long[] sorted = nanoseconds.clone();
    Arrays.sort(sorted);
    int middle = sorted.length / 2;
    int reach = (int) Math.ceil(SPREAD * Math.sqrt(sorted.length) / 2);
    return new DeviceTime(
        device,
        sorted[middle] / 1e9,
        sorted[Math.max(0, middle - reach)] / 1e9,
        sorted[Math.min(sorted.length - 1, middle + reach)] / 1e9);
  }
}
