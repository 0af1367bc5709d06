package dev.gatun.cli.validate;

import dev.gatun.quantize.validate.Verdict;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a validation found, whatever the kind of model, ready to be shown.
 *
 * @param title one line
 * @param verdicts each figure with its limit
 * @param sections tables, in order
 * @param plots drawings by title
 * @param members the same for machines
 */
public record ValidationReport(
    String title,
    List<Verdict> verdicts,
    List<Section> sections,
    Map<String, String> plots,
    Map<String, Object> members) {
  /**
   * A table.
   *
   * @param shown rows that a terminal shows; a page shows all
   */
  public record Section(String title, List<String> header, List<List<String>> rows, int shown) {
    public Section {
      header = List.copyOf(header);
      rows = List.copyOf(rows);
    }
  }

  public ValidationReport {
    verdicts = List.copyOf(verdicts);
    sections = List.copyOf(sections);
    plots = Collections.unmodifiableMap(new LinkedHashMap<>(plots));
    members = Collections.unmodifiableMap(new LinkedHashMap<>(members));
  }

  /** Whether every figure is within its limit. */
  public boolean passed() {
    return verdicts.stream().allMatch(Verdict::passed);
  }
}
