package dev.gatun.cli.output;

import java.util.ArrayList;
import java.util.List;

/** Rows of text in columns: aligned for a terminal, or as Markdown or CSV. Not thread-safe. */
public final class Table {
  private final List<String> header;
  private final List<List<String>> rows = new ArrayList<>();

  public Table(String... header) {
    this.header = List.of(header);
  }

  /** Adds a row of as many cells as the header has; null is an empty cell. */
  public Table row(Object... cells) {
    if (cells.length != header.size()) {
      throw new IllegalArgumentException(cells.length + " cells for " + header);
    }
    List<String> row = new ArrayList<>();
    for (Object cell : cells) {
      row.add(cell == null ? "" : cell.toString());
    }
    rows.add(row);
    return this;
  }

  /** Columns padded with blanks; numbers to the right. */
  public String toText() {
    int[] widths = widths();
    var text = new StringBuilder();
    line(text, header, widths, "", "  ", "");
    rows.forEach(row -> line(text, row, widths, "", "  ", ""));
    return text.toString();
  }

  public String toMarkdown() {
    int[] widths = widths();
    var text = new StringBuilder();
    line(text, header, widths, "| ", " | ", " |");
    text.append('|');
    for (int c = 0; c < widths.length; c++) {
      text.append(isNumeric(c) ? "-".repeat(widths[c] + 1) + ":" : "-".repeat(widths[c] + 2))
          .append('|');
    }
    text.append('\n');
    rows.forEach(row -> line(text, row, widths, "| ", " | ", " |"));
    return text.toString();
  }

  /** RFC 4180. */
  public String toCsv() {
    var text = new StringBuilder();
    csv(text, header);
    rows.forEach(row -> csv(text, row));
    return text.toString();
  }

  private static void csv(StringBuilder text, List<String> cells) {
    for (int c = 0; c < cells.size(); c++) {
      String cell = cells.get(c);
      boolean quoted = cell.chars().anyMatch(ch -> ch == ',' || ch == '"' || ch == '\n');
      text.append(c == 0 ? "" : ",").append(quoted ? '"' + cell.replace("\"", "\"\"") + '"' : cell);
    }
    text.append("\r\n");
  }

  private void line(
      StringBuilder text,
      List<String> cells,
      int[] widths,
      String left,
      String between,
      String right) {
    var line = new StringBuilder(left);
    for (int c = 0; c < cells.size(); c++) {
      String cell = cells.get(c);
      String pad = " ".repeat(widths[c] - cell.length());
      line.append(c == 0 ? "" : between).append(isNumeric(c) ? pad + cell : cell + pad);
    }
    text.append(line.append(right).toString().stripTrailing()).append('\n');
  }

  private int[] widths() {
    int[] widths = new int[header.size()];
    for (int c = 0; c < widths.length; c++) {
      int column = c;
      widths[c] =
          Math.max(
              header.get(c).length(),
              rows.stream().mapToInt(row -> row.get(column).length()).max().orElse(0));
    }
    return widths;
  }

  private boolean isNumeric(int column) {
    return !rows.isEmpty()
        && rows.stream()
            .allMatch(row -> row.get(column).matches("[-+~]?[0-9][0-9., ]*( ± [0-9.]+)?[%x]?"));
  }
}
