package dev.gatun.cli.validate;

import dev.gatun.cli.output.Json;
import dev.gatun.cli.output.Table;
import dev.gatun.cli.validate.ValidationReport.Section;
import dev.gatun.quantize.validate.Verdict;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A validation as text and as JSON. */
public final class ValidationText {
  private ValidationText() {}

  /** For a terminal. */
  public static String text(ValidationReport report) {
    var text = new StringBuilder(report.title()).append("\n\n");
    for (Section section : report.sections()) {
      text.append(section.title()).append('\n');
      int shown = Math.min(section.shown(), section.rows().size());
      if (shown > 0) {
        Table table = new Table(section.header().toArray(String[]::new));
        section.rows().subList(0, shown).forEach(row -> table.row(row.toArray()));
        text.append(table.toText());
      }
      if (shown < section.rows().size()) {
        text.append("… and %d more%n".formatted(section.rows().size() - shown));
      }
      text.append('\n');
    }
    Table verdicts = new Table("verdict", "figure", "measured", "limit", "--thresholds");
    for (Verdict verdict : report.verdicts()) {
      verdicts.row(cells(verdict).toArray());
    }
    return text.append(verdicts.toText()).toString();
  }

  /** Verdict, figure, measured value, limit and its option. */
  static List<String> cells(Verdict verdict) {
    return List.of(
        verdict.passed() ? "ok" : "FAILED",
        verdict.what(),
        number(verdict.measured()),
        (verdict.most() ? "at most " : "at least ") + number(verdict.limit()),
        verdict.name());
  }

  /** Six digits that count. */
  private static String number(double value) {
    return Double.isFinite(value)
        ? new BigDecimal(value).round(new MathContext(6)).stripTrailingZeros().toPlainString()
        : Double.toString(value);
  }

  /** For machines. */
  public static String json(ValidationReport report) {
    List<Object> verdicts = new ArrayList<>();
    for (Verdict verdict : report.verdicts()) {
      Map<String, Object> line = new LinkedHashMap<>();
      line.put("name", verdict.name());
      line.put("figure", verdict.what());
      line.put("measured", DecoderJson.finite(verdict.measured()));
      line.put(verdict.most() ? "atMost" : "atLeast", verdict.limit());
      line.put("passed", verdict.passed());
      verdicts.add(line);
    }
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("title", report.title());
    members.put("passed", report.passed());
    members.put("verdicts", verdicts);
    members.putAll(report.members());
    return Json.document("validate", 1, members);
  }
}
