package dev.gatun.runtime.plan;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Columns of text, aligned by spaces; numbers to the right. */
final class TextTable {
  private final List<String[]> rows = new ArrayList<>();
  private final boolean[] numeric;

  TextTable(String... header) {
    rows.add(header);
    numeric = new boolean[header.length];
    Arrays.fill(numeric, true);
  }

  void row(Object... cells) {
    String[] row = new String[numeric.length];
    for (int i = 0; i < row.length; i++) {
      row[i] = String.valueOf(cells[i]);
      numeric[i] &= !row[i].isEmpty() && Character.isDigit(row[i].charAt(0));
    }
    rows.add(row);
  }

  @Override
  public String toString() {
    int[] widths = new int[numeric.length];
    for (String[] row : rows) {
      for (int i = 0; i < row.length; i++) {
        widths[i] = Math.max(widths[i], row[i].length());
      }
    }
    var text = new StringBuilder();
    for (String[] row : rows) {
      var line = new StringBuilder();
      for (int i = 0; i < row.length; i++) {
        String pad = " ".repeat(widths[i] - row[i].length());
        line.append(numeric[i] && rows.size() > 1 ? pad + row[i] : row[i] + pad).append("  ");
      }
      text.append(line.toString().stripTrailing()).append('\n');
    }
    return text.toString();
  }
}
