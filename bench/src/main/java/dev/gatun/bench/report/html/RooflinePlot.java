package dev.gatun.bench.report.html;

import dev.gatun.bench.report.BenchReport;
import dev.gatun.bench.report.BenchReport.RooflineLine;
import dev.gatun.bench.report.Row;
import java.util.List;

/**
 * Operations a second over operations a byte, under the machine's limits (Williams, Waterman,
 * Patterson: Roofline, CACM 52/4, 2009).
 */
final class RooflinePlot {
  private RooflinePlot() {}

  /** Empty when nothing can be drawn. */
  static String of(BenchReport report, DeviceColours colours) {
    List<Row> rows =
        report.rows().stream()
            .filter(row -> row.flops().isKnown() && row.bytes().isKnown())
            .filter(row -> row.flops().value() > 0 && row.bytes().value() > 0)
            .toList();
    if (rows.isEmpty() || report.roofline().isEmpty()) {
      return "";
    }
    double leastX = rows.stream().mapToDouble(RooflinePlot::intensity).min().orElseThrow();
    double mostX = rows.stream().mapToDouble(RooflinePlot::intensity).max().orElseThrow();
    for (RooflineLine line : report.roofline()) {
      mostX = Math.max(mostX, 2 * line.flopsPerSecond() / line.bytesPerSecond());
    }
    double leastY = rows.stream().mapToDouble(RooflinePlot::reached).min().orElseThrow();
    double mostY =
        report.roofline().stream().mapToDouble(RooflineLine::flopsPerSecond).max().orElseThrow();
    mostY = Math.max(mostY, rows.stream().mapToDouble(RooflinePlot::reached).max().orElseThrow());
    LogAxis x = LogAxis.over(leastX, mostX, Svg.LEFT, Svg.RIGHT);
    LogAxis y = LogAxis.over(leastY / 1e9, mostY / 1e9, Svg.BOTTOM, Svg.TOP);
    Svg svg = new Svg("operations a second over operations a byte");
    for (double tick : x.ticks()) {
      svg.column(x.place(tick), DistributionPlot.number(tick));
    }
    for (double tick : y.ticks()) {
      svg.level(y.place(tick), DistributionPlot.number(tick));
    }
    svg.caption("operations a byte; up: GFLOP/s");
    for (RooflineLine line : report.roofline()) {
      limits(svg, line, x, y);
    }
    for (Row row : rows) {
      svg.dot(
          "dot " + colours.style(row.device()),
          x.place(intensity(row)),
          y.place(reached(row) / 1e9),
          "%s %s on %s".formatted(row.model(), row.test(), row.device()));
    }
    return svg.end();
  }

  private static void limits(Svg svg, RooflineLine line, LogAxis x, LogAxis y) {
    double ridge = line.flopsPerSecond() / line.bytesPerSecond();
    double from = Math.max(x.least(), y.least() * 1e9 / line.bytesPerSecond());
    double corner = Math.min(ridge, x.most());
    svg.path(
        "limit",
        x.place(from),
        y.place(from * line.bytesPerSecond() / 1e9),
        x.place(corner),
        y.place(corner * line.bytesPerSecond() / 1e9),
        x.place(x.most()),
        y.place(Math.min(line.flopsPerSecond(), x.most() * line.bytesPerSecond()) / 1e9));
    svg.label(
        "end",
        Svg.RIGHT - 4,
        y.place(line.flopsPerSecond() / 1e9) - 4,
        line.device() + " " + line.arithmetic());
  }

  private static double intensity(Row row) {
    return row.flops().value() / row.bytes().value();
  }

  private static double reached(Row row) {
    return row.flops().value() / row.latency().p50().value();
  }
}
