package dev.gatun.runtime.spi;

import java.util.List;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/**
 * What a device can do at most, measured: no program that reads its data from memory and multiplies
 * is faster (Williams, Waterman, Patterson: Roofline, CACM 52/4, 2009).
 *
 * @param bytesPerSecond read from memory by all workers together
 * @param multiplyAddsPerSecond of all workers together, on data in the first-level cache
 * @param arithmetic what is multiplied: {@code int8}, {@code f32}
 */
public record Roofline(double bytesPerSecond, double multiplyAddsPerSecond, String arithmetic) {
  /**
   * The median of several measurements of one device: what else the machine does takes from them as
   * it takes from what they are compared with.
   */
  public static Optional<Roofline> median(List<Roofline> measured) {
    return measured.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new Roofline(
                median(measured, Roofline::bytesPerSecond),
                median(measured, Roofline::multiplyAddsPerSecond),
                measured.getFirst().arithmetic));
  }

  private static double median(List<Roofline> measured, ToDoubleFunction<Roofline> rate) {
    double[] rates = measured.stream().mapToDouble(rate).sorted().toArray();
    int middle = rates.length / 2;
    return rates.length % 2 == 1 ? rates[middle] : (rates[middle - 1] + rates[middle]) / 2;
  }
}
