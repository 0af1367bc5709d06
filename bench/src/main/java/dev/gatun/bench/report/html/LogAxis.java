package dev.gatun.bench.report.html;

import java.util.ArrayList;
import java.util.List;

/**
 * A logarithmic axis.
 *
 * @param least value at {@code from}
 * @param most value at {@code to}
 * @param from place, in the drawing's units
 * @param to likewise; may be less than {@code from}
 */
public record LogAxis(double least, double most, double from, double to) {
  private static final double[] STEPS = {1, 2, 5};

  /** Values that need not be in order, positive; a margin is added. */
  public static LogAxis over(double least, double most, double from, double to) {
    double margin = Math.pow(most / least, 0.04) * 1.02;
    return new LogAxis(least / margin, most * margin, from, to);
  }

  /** Where a value lies, in the drawing's units. */
  public double place(double value) {
    return from + (to - from) * Math.log(value / least) / Math.log(most / least);
  }

  /** Round numbers within, at most about ten. */
  public List<Double> ticks() {
    List<Double> ticks = new ArrayList<>();
    boolean dense = most / least < 1000;
    for (int power = (int) Math.floor(Math.log10(least)); power <= Math.log10(most); power++) {
      for (double step : dense ? STEPS : new double[] {1}) {
        double tick = step * Math.pow(10, power);
        if (tick >= least && tick <= most) {
          ticks.add(tick);
        }
      }
    }
    return ticks;
  }
}
