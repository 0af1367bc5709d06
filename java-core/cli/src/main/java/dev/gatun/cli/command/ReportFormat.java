package dev.gatun.cli.command;

import dev.gatun.bench.report.BenchReport;
import dev.gatun.bench.report.Columns;
import dev.gatun.bench.report.Columns.Column;
import dev.gatun.bench.report.JunitXml;
import dev.gatun.bench.report.ReportJson;
import dev.gatun.bench.report.html.HtmlPage;
import dev.gatun.cli.output.Table;
import java.util.List;

/** Forms of a benchmark's report. */
enum ReportFormat {
  /** A table for a terminal, and what did not run. */
  TEXT("txt"),
  MD("md"),
  CSV("csv"),
  /** Everything, raw samples included. */
  JSON("json"),
  /** One row a line. */
  JSONL("jsonl"),
  JUNIT("xml"),
  /** One page that needs nothing else. */
  HTML("html");

  private final String extension;

  ReportFormat(String extension) {
    this.extension = extension;
  }

  /** Name of the file in a report's folder. */
  String file() {
    return "report." + extension;
  }

  /** The report in this form, ending with a line feed. */
  String text(BenchReport report) {
    return switch (this) {
      case TEXT -> table(report, Columns.shown(report)).toText() + notes(report);
      case MD -> table(report, Columns.shown(report)).toMarkdown() + '\n' + notes(report);
      case CSV -> table(report, Columns.ALL).toCsv();
      case JSON -> ReportJson.document(report) + '\n';
      case JSONL -> ReportJson.lines(report);
      case JUNIT -> JunitXml.of(report);
      case HTML -> HtmlPage.of(report);
    };
  }

  private static Table table(BenchReport report, List<Column> columns) {
    var table = new Table(columns.stream().map(Column::title).toArray(String[]::new));
    report.rows().forEach(row -> table.row(columns.stream().map(cell -> cell.of(row)).toArray()));
    return table;
  }

  /** What the rows do not say. */
  static String notes(BenchReport report) {
    var text = new StringBuilder();
    for (BenchReport.AbsentLine line : report.absent()) {
      text.append(
          "%s did not run%s: %s%s\n"
              .formatted(
                  line.device(),
                  line.model().isEmpty() ? "" : " " + line.model(),
                  line.reason(),
                  line.remedy().isEmpty() ? "" : " (" + line.remedy() + ")"));
    }
    report.notes().forEach(note -> text.append(note).append('\n'));
    return text.toString();
  }
}
