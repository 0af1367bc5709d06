package dev.gatun.bench.method;

import dev.gatun.bench.report.BenchReport.PairLine;
import dev.gatun.bench.report.Interval;
import dev.gatun.bench.report.Quantity;
import dev.gatun.bench.report.Row;
import dev.gatun.bench.stats.Bootstrap;
import dev.gatun.bench.stats.Difference;
import dev.gatun.bench.stats.Samples;
import dev.gatun.bench.task.Scenario;
import dev.gatun.bench.worker.Reply;
import java.util.ArrayList;
import java.util.List;

/** Turns what was measured into the report's rows and pairs. */
final class Rows {
  private Rows() {}

  /** A row without a verdict, which needs the others. */
  static Row of(Track track, Limits limits, Row.Accuracy accuracy) {
    List<Row.Round> rounds = track.rounds();
    Row.Latency latency = latency(rounds);
    int items = track.test().items();
    Reply.Opened opened = track.opened();
    Reply.Warmed warmed = track.warmed();
    return new Row(
        track.model(),
        track.test().label(),
        track.test().scenario().label(),
        track.device(),
        opened.emulated(),
        track.test().unit(),
        items,
        opened.loadSeconds(),
        opened.compileSeconds(),
        Quantity.of(warmed.firstSeconds()),
        new Row.Warmup(warmed.queries(), warmed.seconds(), track.isSteady()),
        rounds,
        latency,
        rate(track, latency, items),
        track.peakResident(),
        track.deviceBytes(),
        track.joulesPerItem(),
        Quantity.of(opened.nodeShare()),
        Quantity.of(opened.flopShare()),
        warmed.flops(),
        warmed.bytes(),
        limits.of(track, latency.p50().value()),
        accuracy,
        "");
  }

  /** Percentiles of all rounds' queries together. */
  static Row.Latency latency(List<Row.Round> rounds) {
    var all = new Samples(rounds.stream().flatMap(round -> round.seconds().stream()).toList());
    return new Row.Latency(
        Bootstrap.median(rounds.stream().map(Row.Round::seconds).toList()),
        all.quantile(0.9),
        all.quantile(0.99),
        all.minimum(),
        all.maximum());
  }

  /** At what rate queries were answered: of arrivals, as they came. */
  private static Interval rate(Track track, Row.Latency latency, int items) {
    if (track.test().scenario() == Scenario.SERVER) {
      return new Interval(track.perSecond(), track.perSecond(), track.perSecond());
    }
    return new Interval(
        items / latency.p50().value(), items / latency.p50().high(), items / latency.p50().low());
  }

  /** Compares each device with each on the same test, the faster one first. */
  static List<PairLine> pairs(List<Row> rows) {
    List<PairLine> pairs = new ArrayList<>();
    for (int i = 0; i < rows.size(); i++) {
      for (int j = i + 1; j < rows.size(); j++) {
        if (isSameTest(rows.get(i), rows.get(j))) {
          boolean first = median(rows.get(i)) <= median(rows.get(j));
          pairs.add(pair(rows.get(first ? i : j), rows.get(first ? j : i)));
        }
      }
    }
    return pairs;
  }

  static boolean isSameTest(Row a, Row b) {
    return a.model().equals(b.model())
        && a.test().equals(b.test())
        && a.scenario().equals(b.scenario());
  }

  private static double median(Row row) {
    return row.latency().p50().value();
  }

  private static PairLine pair(Row faster, Row slower) {
    double p = Difference.p(medians(faster), medians(slower));
    return new PairLine(
        faster.model(),
        faster.test(),
        faster.scenario(),
        faster.device(),
        slower.device(),
        median(slower) / median(faster),
        p,
        p < Difference.LEVEL);
  }

  /** Medians of the rounds: queries of one round are not independent of each other. */
  static List<Double> medians(Row row) {
    return row.rounds().stream()
        .filter(round -> !round.seconds().isEmpty())
        .map(round -> new Samples(round.seconds()).median())
        .toList();
  }

  /** With a verdict on each row: the fastest of its test, or how far behind. */
  static List<Row> judged(List<Row> rows, List<PairLine> pairs) {
    return rows.stream().map(row -> withVerdict(row, verdict(row, rows, pairs))).toList();
  }

  private static String verdict(Row row, List<Row> rows, List<PairLine> pairs) {
    List<Row> group = rows.stream().filter(other -> isSameTest(row, other)).toList();
    Row fastest = group.stream().min((a, b) -> Double.compare(median(a), median(b))).orElseThrow();
    List<String> words = new ArrayList<>();
    if (group.size() > 1) {
      words.add(
          row.equals(fastest)
              ? "fastest"
              : pairs.stream()
                  .filter(pair ->
                      pair.model().equals(row.model())
                          && pair.test().equals(row.test())
                          && pair.scenario().equals(row.scenario())
                          && pair.device().equals(fastest.device())
                          && pair.other().equals(row.device()))
                  .findFirst()
                  .map(Rows::behind)
                  .orElse(""));
    }
    if (row.accuracy().differs()) {
      words.add("WRONG");
    }
    if (row.emulated()) {
      words.add("emulated: not run on device");
    }
    if (!row.warmup().steady()) {
      words.add("unsteady");
    }
    return String.join(", ", words);
  }

  private static String behind(PairLine pair) {
    return pair.significant()
        ? String.format(java.util.Locale.ROOT, "%.2fx slower", pair.ratio())
        : "~ fastest";
  }

  private static Row withVerdict(Row row, String verdict) {
    return new Row(
        row.model(),
        row.test(),
        row.scenario(),
        row.device(),
        row.emulated(),
        row.unit(),
        row.itemsPerQuery(),
        row.loadSeconds(),
        row.compileSeconds(),
        row.firstSeconds(),
        row.warmup(),
        row.rounds(),
        row.latency(),
        row.rate(),
        row.peakResidentBytes(),
        row.deviceBytes(),
        row.joulesPerItem(),
        row.nodeShare(),
        row.flopShare(),
        row.flops(),
        row.bytes(),
        row.limit(),
        row.accuracy(),
        verdict);
  }
}
