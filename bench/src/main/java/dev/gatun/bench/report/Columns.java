package dev.gatun.bench.report;

import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.Predicate;

/** Columns of a report's tables. */
public final class Columns {
  private static final String NONE = "–";

  public static final Column MODEL = new Column("MODEL", "model", Row::model);
  public static final Column TEST = new Column("TEST", "test", Row::test);
  public static final Column SCENARIO = new Column("SCENARIO", "scenario", Row::scenario);
  public static final Column DEVICE = new Column("DEVICE", "device", Row::device);
  public static final Column RATE =
      new Column("RATE", "rate", row -> significant(row.rate().value()) + " " + row.unit() + "/s");
  public static final Column P50 =
      new Column("P50", "p50 ms", row -> milliseconds(row.latency().p50().value()));
  public static final Column INTERVAL =
      new Column(
          "INTERVAL",
          "95 % CI",
          row ->
              milliseconds(row.latency().p50().low())
                  + ".."
                  + milliseconds(row.latency().p50().high()));
  public static final Column P90 =
      new Column("P90", "p90", row -> milliseconds(row.latency().p90()));
  public static final Column P99 =
      new Column("P99", "p99", row -> milliseconds(row.latency().p99()));
  public static final Column LIMIT = new Column("LIMIT", "of the limit", row -> limit(row.limit()));
  public static final Column ON_DEVICE =
      new Column("ON_DEVICE", "on device", row -> percent(row.flopShare()));
  public static final Column LOAD =
      new Column("LOAD", "load s", row -> number(row.loadSeconds(), 1));
  public static final Column COMPILE =
      new Column("COMPILE", "compile s", row -> number(row.compileSeconds(), 1));
  public static final Column FIRST =
      new Column("FIRST", "first ms", row -> number(row.firstSeconds(), 1000));
  public static final Column PEAK =
      new Column("PEAK", "peak MiB", row -> number(row.peakResidentBytes(), 1.0 / (1 << 20)));
  public static final Column DEVICE_PEAK =
      new Column("DEVICE_PEAK", "device MiB", row -> number(row.deviceBytes(), 1.0 / (1 << 20)));
  public static final Column ENERGY =
      new Column("ENERGY", "J/item", row -> number(row.joulesPerItem(), 1));
  public static final Column ERROR = new Column("ERROR", "error", row -> error(row.accuracy()));
  public static final Column AGREEMENT =
      new Column("AGREEMENT", "agreement", row -> percent(row.accuracy().agreement()));
  public static final Column VERDICT = new Column("VERDICT", "verdict", Row::verdict);

  /** All, in their order. */
  public static final List<Column> ALL =
      List.of(
          MODEL,
          TEST,
          SCENARIO,
          DEVICE,
          RATE,
          P50,
          INTERVAL,
          P90,
          P99,
          LIMIT,
          ON_DEVICE,
          LOAD,
          COMPILE,
          FIRST,
          PEAK,
          DEVICE_PEAK,
          ENERGY,
          ERROR,
          AGREEMENT,
          VERDICT);

  private Columns() {}

  /**
   * A column.
   *
   * @param name unique, a constant's name
   * @param title for people
   * @param text of a row's cell
   */
  public record Column(String name, String title, Function<Row, String> text) {
    /** The cell of a row. */
    public String of(Row row) {
      return text.apply(row);
    }
  }

  /** Those that tell something in this report: not those that are empty in every row. */
  public static List<Column> shown(BenchReport report) {
    Predicate<Column> tells =
        cell ->
            report.rows().stream()
                .map(cell::of)
                .anyMatch(each -> !each.equals(NONE) && !each.isEmpty());
    return ALL.stream()
        .filter(cell -> !List.of(AGREEMENT, COMPILE, ON_DEVICE).contains(cell))
        .filter(tells)
        .toList();
  }

  private static String number(Quantity quantity, double scale) {
    return quantity.isKnown() ? significant(quantity.value() * scale) : NONE;
  }

  private static String percent(Quantity share) {
    return share.isKnown() ? String.format(Locale.ROOT, "%.1f %%", 100 * share.value()) : NONE;
  }

  /** Of seconds. */
  public static String milliseconds(double seconds) {
    return significant(1000 * seconds);
  }

  /** About three digits that mean something. */
  static String significant(double value) {
    int digits = value >= 100 ? 0 : value >= 10 ? 1 : value >= 1 ? 2 : 3;
    return String.format(Locale.ROOT, "%." + digits + "f", value);
  }

  /** {@code 85 % of 46.1 GB/s}. */
  static String limit(Row.Limit limit) {
    if (!limit.share().isKnown()) {
      return NONE;
    }
    double percent = 100 * limit.share().value();
    double most = limit.most() / 1e9;
    return limit.name().equals("memory")
        ? String.format(Locale.ROOT, "%.0f %% of %.1f GB/s", percent, most)
        : String.format(Locale.ROOT, "%.0f %% of %.0f GFLOP/s %s", percent, most, limit.name());
  }

  /** {@code 1.2e-04 same}. */
  static String error(Row.Accuracy accuracy) {
    return accuracy.relativeError().isKnown()
            && accuracy.verdict() != Row.Accuracy.Verdict.REFERENCE
        ? String.format(
            Locale.ROOT, "%.1e %s", accuracy.relativeError().value(), accuracy.verdict().label())
        : accuracy.verdict().label();
  }
}
