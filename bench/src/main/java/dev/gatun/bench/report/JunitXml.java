package dev.gatun.bench.report;

import java.util.Locale;

/**
 * A report as JUnit XML, for systems that show test results: each row a test case with its median
 * as the time; one whose results differ fails, and a device that did not run is skipped.
 */
public final class JunitXml {
  private JunitXml() {}

  public static String of(BenchReport report) {
    long failures = report.rows().stream().filter(row -> row.accuracy().differs()).count();
    int tests = report.rows().size() + report.absent().size();
    var text = new StringBuilder("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    text.append(
        "<testsuite name=\"gatun bench\" tests=\"%d\" failures=\"%d\" skipped=\"%d\" timestamp=\"%s\">\n"
            .formatted(tests, failures, report.absent().size(), Markup.escape(report.date())));
    for (Row row : report.rows()) {
      text.append(
          String.format(
              Locale.ROOT,
              "  <testcase classname=\"%s\" name=\"%s\" time=\"%.6f\"",
              Markup.escape(row.model()),
              Markup.escape(row.test() + " " + row.scenario() + " on " + row.device()),
              row.latency().p50().value()));
      if (row.accuracy().differs()) {
        text.append(
            ">\n    <failure message=\"results differ from those of %s: %s\"/>\n  </testcase>\n"
                .formatted(
                    Markup.escape(row.accuracy().reference()),
                    Markup.escape(Columns.error(row.accuracy()))));
      } else {
        text.append("/>\n");
      }
    }
    for (BenchReport.AbsentLine line : report.absent()) {
      text.append(
          "  <testcase classname=\"%s\" name=\"on %s\">\n    <skipped message=\"%s\"/>\n  </testcase>\n"
              .formatted(
                  Markup.escape(line.model()),
                  Markup.escape(line.device()),
                  Markup.escape(line.reason())));
    }
    return text.append("</testsuite>\n").toString();
  }
}
