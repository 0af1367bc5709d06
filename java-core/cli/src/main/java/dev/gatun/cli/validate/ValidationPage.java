package dev.gatun.cli.validate;

import static dev.gatun.bench.report.Markup.escape;

import dev.gatun.bench.report.html.DeviceColours;
import dev.gatun.bench.report.html.PageFrame;
import dev.gatun.cli.validate.ValidationReport.Section;
import dev.gatun.quantize.validate.Verdict;
import dev.gatun.runtime.GatunRuntime;
import java.util.List;

/** A validation as one self-contained page. */
public final class ValidationPage {
  private static final String STYLE =
      """
      .verdict b { padding: 0.1rem 0.4rem; border-radius: 4px; background: var(--panel); }
      .failed b { background: #d55e00; color: #fff; }
      """;

  private ValidationPage() {}

  /** Makes the page. */
  public static String of(ValidationReport report, List<String> command) {
    var page = new StringBuilder();
    PageFrame.open(page, "Gatun: " + report.title(), DeviceColours.palette() + STYLE);
    page.append("<header><h1>").append(escape(report.title())).append("</h1>\n<p>");
    page.append(report.passed() ? "Within all limits" : "Past its limits");
    page.append(escape(", Gatun " + GatunRuntime.VERSION)).append("</p>\n");
    page.append("<p class=\"command\"><code>").append(escape(String.join(" ", command)));
    page.append("</code></p>\n</header>\n");
    verdicts(page, report.verdicts());
    report
        .plots()
        .forEach((title, drawing) -> {
          if (!drawing.isEmpty()) {
            page.append("<section>\n<h2>").append(escape(title)).append("</h2>\n");
            page.append(drawing).append("</section>\n");
          }
        });
    report.sections().forEach(section -> section(page, section));
    PageFrame.close(page, ValidationText.json(report));
    return page.toString();
  }

  private static void verdicts(StringBuilder page, List<Verdict> verdicts) {
    page.append("<section>\n<h2>Verdicts</h2>\n<div class=\"scroll\"><table>\n<tr>");
    for (String title : List.of("verdict", "figure", "measured", "limit", "threshold")) {
      page.append("<th>").append(title).append("</th>");
    }
    page.append("</tr>\n");
    for (Verdict verdict : verdicts) {
      page.append(verdict.passed() ? "<tr class=\"verdict\">" : "<tr class=\"verdict failed\">");
      List<String> cells = ValidationText.cells(verdict);
      page.append("<td><b>").append(escape(cells.getFirst())).append("</b></td>");
      cells.subList(1, cells.size()).forEach(cell -> cell(page, cell));
      page.append("</tr>\n");
    }
    page.append("</table></div>\n</section>\n");
  }

  private static void section(StringBuilder page, Section section) {
    page.append("<section>\n<h2>").append(escape(section.title())).append("</h2>\n");
    if (!section.rows().isEmpty()) {
      page.append("<div class=\"scroll\"><table>\n<tr>");
      section.header().forEach(cell -> page.append("<th>").append(escape(cell)).append("</th>"));
      page.append("</tr>\n");
      for (List<String> row : section.rows()) {
        page.append("<tr>");
        row.forEach(cell -> cell(page, cell));
        page.append("</tr>\n");
      }
      page.append("</table></div>\n");
    }
    page.append("</section>\n");
  }

  private static void cell(StringBuilder page, String text) {
    page.append("<td>").append(escape(text)).append("</td>");
  }
}
