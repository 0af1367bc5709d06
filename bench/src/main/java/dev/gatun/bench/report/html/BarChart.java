package dev.gatun.bench.report.html;

import static dev.gatun.bench.report.Markup.escape;

import dev.gatun.bench.report.Columns;
import dev.gatun.bench.report.Interval;
import dev.gatun.bench.report.Row;
import java.util.List;
import java.util.Locale;

/** Rates of one test as bars, with a whisker for the confidence interval. */
final class BarChart {
  private BarChart() {}

  static String of(List<Row> rows, DeviceColours colours) {
    double most = rows.stream().mapToDouble(row -> row.rate().high()).max().orElse(1);
    var chart = new StringBuilder("<div class=\"bars\">\n");
    for (Row row : rows) {
      Interval rate = row.rate();
      chart.append("<div class=\"bar %s\">".formatted(colours.style(row.device())));
      chart.append("<span class=\"name\">").append(escape(row.device())).append("</span>");
      chart.append(
          String.format(
              Locale.ROOT,
              "<span class=\"track\"><i style=\"width:%.2f%%\"></i><b style=\"left:%.2f%%;width:%.2f%%\"></b></span>",
              100 * rate.value() / most,
              100 * rate.low() / most,
              100 * (rate.high() - rate.low()) / most));
      chart.append("<span class=\"value\">").append(escape(Columns.RATE.of(row)));
      chart.append(" <small>").append(escape(words(row))).append("</small></span></div>\n");
    }
    return chart.append("</div>\n").toString();
  }

  private static String words(Row row) {
    String error = Columns.ERROR.of(row);
    return row.verdict() + (error.isEmpty() || error.equals("reference") ? "" : "; error " + error);
  }
}
