package dev.gatun.bench.report.html;

import static dev.gatun.bench.report.Markup.escape;

import dev.gatun.bench.report.BenchReport;
import dev.gatun.bench.report.Columns;
import dev.gatun.bench.report.Columns.Column;
import dev.gatun.bench.report.ReportJson;
import dev.gatun.bench.report.Row;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A report as one self-contained page. */
public final class HtmlPage {
  private final BenchReport report;
  private final DeviceColours colours;
  private final StringBuilder page = new StringBuilder();

  private HtmlPage(BenchReport report) {
    this.report = report;
    colours = new DeviceColours(report);
  }

  public static String of(BenchReport report) {
    return new HtmlPage(report).write();
  }

  private String write() {
    PageFrame.open(page, title(), DeviceColours.palette());
    header();
    Map<String, List<Row>> groups = groups();
    groups.values().forEach(this::group);
    roofline();
    table();
    absent();
    machine();
    method();
    PageFrame.close(page, ReportJson.document(report));
    return page.toString();
  }

  private String title() {
    return "Gatun: "
        + String.join(", ", report.models().stream().map(BenchReport.ModelLine::name).toList())
        + ", side by side";
  }

  private void header() {
    page.append("<header><h1>").append(escape(title())).append("</h1>\n<p>");
    page.append(
        escape(
            "%s, %s threads, Gatun %s, %s"
                .formatted(
                    report.machine().get("cpu"),
                    report.machine().get("threads"),
                    report.gatun(),
                    report.date())));
    page.append("</p>\n<p class=\"command\"><code>");
    page.append(escape(String.join(" ", report.command()))).append("</code></p>\n");
    page.append(colours.legend()).append("</header>\n");
  }

  /** Rows of the same test, in the report's order. */
  private Map<String, List<Row>> groups() {
    Map<String, List<Row>> groups = new LinkedHashMap<>();
    for (Row row : report.rows()) {
      String name = "%s, %s, %s".formatted(row.model(), row.test(), row.scenario());
      groups.computeIfAbsent(name, _ -> new ArrayList<>()).add(row);
    }
    return groups;
  }

  private void group(List<Row> rows) {
    Row first = rows.getFirst();
    page.append("<section class=\"test\">\n<h2>").append(escape(first.model())).append(" <span>");
    page.append(escape(first.test() + ", " + first.scenario())).append("</span></h2>\n");
    page.append(BarChart.of(rows, colours));
    page.append(DistributionPlot.of(rows, colours));
    page.append("</section>\n");
  }

  private void roofline() {
    String plot = RooflinePlot.of(report, colours);
    if (!plot.isEmpty()) {
      page.append("<section>\n<h2>Roofline</h2>\n<p>What each test reached, between the limits of");
      page.append(" memory (slope) and arithmetic (flat), measured in the same run.</p>\n");
      page.append(plot).append("</section>\n");
    }
  }

  private void table() {
    List<Column> columns = Columns.ALL;
    page.append("<section>\n<h2>All figures</h2>\n<div class=\"scroll\"><table>\n<tr>");
    columns.forEach(column -> page.append("<th>").append(escape(column.title())).append("</th>"));
    page.append("</tr>\n");
    for (Row row : report.rows()) {
      page.append("<tr>");
      for (Column column : columns) {
        page.append("<td data-column=\"%s\">".formatted(column.name()));
        page.append(escape(column.of(row))).append("</td>");
      }
      page.append("</tr>\n");
    }
    page.append("</table></div>\n</section>\n");
  }

  private void absent() {
    if (report.absent().isEmpty() && report.notes().isEmpty()) {
      return;
    }
    page.append("<section>\n<h2>What did not run, and why</h2>\n<ul>\n");
    for (BenchReport.AbsentLine line : report.absent()) {
      page.append("<li><b>").append(escape(line.device())).append("</b> ");
      page.append(escape(line.model())).append(": ").append(escape(line.reason()));
      page.append(line.remedy().isEmpty() ? "" : " <em>" + escape(line.remedy()) + "</em>");
      page.append("</li>\n");
    }
    report.notes().forEach(note -> page.append("<li>").append(escape(note)).append("</li>\n"));
    page.append("</ul>\n</section>\n");
  }

  private void machine() {
    page.append("<section>\n<h2>Machine</h2>\n<dl>\n");
    report.machine().forEach((name, value) -> fact(name, String.valueOf(value)));
    for (BenchReport.RooflineLine line : report.roofline()) {
      fact(
          "limits seen by " + line.device(),
          "%s GB/s, %s GFLOP/s %s"
              .formatted(
                  Math.round(line.bytesPerSecond() / 1e9),
                  Math.round(line.flopsPerSecond() / 1e9),
                  line.arithmetic()));
    }
    Circumstances.of(report.conditions()).forEach(this::fact);
    for (BenchReport.ModelLine model : report.models()) {
      fact(
          model.name(),
          "%s, %d bytes%s"
              .formatted(
                  model.file(),
                  model.bytes(),
                  model.sha256().isEmpty() ? "" : ", sha256 " + model.sha256()));
    }
    page.append("</dl>\n</section>\n");
  }

  private void fact(String name, String value) {
    PageFrame.fact(page, name, value);
  }

  private void method() {
    var method = report.method();
    page.append("<section>\n<h2>Method</h2>\n<dl>\n");
    fact(
        "order",
        "%d rounds in %d processes per device, devices in turn, %s s a test and round"
            .formatted(method.rounds(), method.forks(), method.seconds()));
    fact("warm-up", method.steadiness());
    fact("intervals", method.confidence());
    fact("comparison", method.significance());
    fact("scenarios", "as MLPerf defines them; results are unofficial");
    fact("JVM", method.jvm() + " " + String.join(" ", method.jvmFlags()));
    fact("settings", method.settings().isEmpty() ? "none" : String.join(" ", method.settings()));
    page.append("</dl>\n<p>All raw samples are in this page, as JSON.</p>\n</section>\n");
  }
}
