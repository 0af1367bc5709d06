package dev.gatun.bench.method;

import dev.gatun.bench.report.BenchReport;
import dev.gatun.bench.report.Row;
import dev.gatun.bench.stats.Difference;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * What changed from one report to another.
 *
 * @param both rows that stand in both
 * @param notes rows that stand in one, and whether the machines differ
 */
public record Changes(List<Change> both, List<String> notes) {
  public Changes {
    both = List.copyOf(both);
    notes = List.copyOf(notes);
  }

  /**
   * One row before and after.
   *
   * @param ratio median latency after over that before: above 1 is slower
   * @param p of the Mann-Whitney U test on the rounds' medians
   * @param regressed slower by more than the threshold, and not by chance
   */
  public record Change(Row before, Row after, double ratio, double p, boolean regressed) {
    /** Whether the intervals of both medians have a number in common. */
    public boolean agrees() {
      return before.latency().p50().overlaps(after.latency().p50());
    }

    /** In a few words; {@code ~} when chance may have done it. */
    public String verdict() {
      return regressed
          ? "REGRESSION"
          : p >= Difference.LEVEL ? "~" : ratio < 1 ? "faster" : "slower, within the threshold";
    }
  }

  public boolean regressed() {
    return both.stream().anyMatch(Change::regressed);
  }

  /** Rows whose intervals have a number in common. */
  public long agreeing() {
    return both.stream().filter(Change::agrees).count();
  }

  /**
   * Compares rows of the same model, test, scenario and device.
   *
   * @param threshold share by which a row may become slower
   */
  public static Changes of(BenchReport before, BenchReport after, double threshold) {
    List<Change> both = new ArrayList<>();
    List<String> notes = new ArrayList<>();
    for (String fact : List.of("cpu", "threads", "java")) {
      Object old = before.machine().get(fact);
      Object young = after.machine().get(fact);
      if (!Objects.equals(old, young)) {
        notes.add("the reports differ in %s: %s, then %s".formatted(fact, old, young));
      }
    }
    for (Row old : before.rows()) {
      Optional<Row> young = same(old, after.rows());
      if (young.isEmpty()) {
        notes.add("only before: " + name(old));
      } else {
        both.add(change(old, young.get(), threshold));
      }
    }
    for (Row young : after.rows()) {
      if (same(young, before.rows()).isEmpty()) {
        notes.add("only after: " + name(young));
      }
    }
    return new Changes(both, notes);
  }

  private static Change change(Row before, Row after, double threshold) {
    double ratio = after.latency().p50().value() / before.latency().p50().value();
    double p = Difference.p(Rows.medians(before), Rows.medians(after));
    return new Change(before, after, ratio, p, ratio > 1 + threshold && p < Difference.LEVEL);
  }

  private static Optional<Row> same(Row row, List<Row> rows) {
    return rows.stream()
        .filter(other -> Rows.isSameTest(row, other) && row.device().equals(other.device()))
        .findFirst();
  }

  private static String name(Row row) {
    return String.join(" ", row.model(), row.test(), row.scenario(), row.device());
  }
}
