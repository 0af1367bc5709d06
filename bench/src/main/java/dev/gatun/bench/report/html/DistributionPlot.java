package dev.gatun.bench.report.html;

import dev.gatun.bench.report.Row;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** Share of queries that were answered within a time, by device (empirical distribution). */
final class DistributionPlot {
  /** Points of a curve: more are not seen. */
  private static final int POINTS = 200;

  private DistributionPlot() {}

  static String of(List<Row> rows, DeviceColours colours) {
    double[] all =
        rows.stream().flatMapToDouble(row -> Arrays.stream(sorted(row))).sorted().toArray();
    LogAxis x = LogAxis.over(1000 * all[0], 1000 * all[all.length - 1], Svg.LEFT, Svg.RIGHT);
    Svg svg = new Svg("share of queries answered within a time, by device");
    for (double tick : x.ticks()) {
      svg.column(x.place(tick), number(tick));
    }
    for (int percent = 0; percent <= 100; percent += 25) {
      svg.level(y(percent / 100.0), percent + " %");
    }
    svg.caption("latency of a query, ms");
    for (Row row : rows) {
      svg.path("curve " + colours.style(row.device()), points(sorted(row), x));
    }
    return svg.end();
  }

  private static double[] sorted(Row row) {
    return row.rounds().stream()
        .flatMap(round -> round.seconds().stream())
        .mapToDouble(Double::doubleValue)
        .sorted()
        .toArray();
  }

  private static double[] points(double[] sorted, LogAxis x) {
    int count = Math.min(POINTS, sorted.length);
    double[] points = new double[2 * count];
    for (int i = 0; i < count; i++) {
      int at = count == 1 ? 0 : (int) ((long) i * (sorted.length - 1) / (count - 1));
      points[2 * i] = x.place(1000 * sorted[at]);
      points[2 * i + 1] = y((at + 1.0) / sorted.length);
    }
    return points;
  }

  private static double y(double share) {
    return Svg.BOTTOM + (Svg.TOP - Svg.BOTTOM) * share;
  }

  static String number(double value) {
    return value >= 1 && value < 1e6
        ? String.format(Locale.ROOT, "%.0f", value)
        : String.format(Locale.ROOT, "%.3g", value).replaceAll("\\.?0+$", "");
  }
}
