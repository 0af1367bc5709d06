package dev.gatun.cli.command;

import dev.gatun.bench.method.Changes;
import dev.gatun.bench.method.Changes.Change;
import dev.gatun.bench.report.BenchReport;
import dev.gatun.bench.report.Columns;
import dev.gatun.bench.report.ReportJson;
import dev.gatun.cli.output.Json;
import dev.gatun.cli.output.Table;
import dev.gatun.cli.output.Units;
import dev.gatun.tensor.GatunException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Compares two reports. */
@Command(
    name = "compare",
    mixinStandardHelpOptions = true,
    description = {
      "Compares two JSON reports of `gatun bench`, row by row: exit code 6 when something is",
      "slower by more than the threshold and the Mann-Whitney test tells it from chance.",
      "Two reports of the same program on the same machine should agree: `agree` says whether the",
      "95 %% intervals of both medians have a number in common."
    })
public final class BenchCompareCommand implements Callable<Integer> {
  @Parameters(index = "0", paramLabel = "BEFORE.json", description = "A report.")
  private Path before;

  @Parameters(index = "1", paramLabel = "AFTER.json", description = "A later one.")
  private Path after;

  @Option(
      names = "--threshold",
      paramLabel = "PERCENT",
      description = "Slower by this much is a regression (${DEFAULT-VALUE}).")
  private double threshold = 5;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    var output = new Output(spec);
    if (threshold < 0) {
      throw new GatunException(GatunException.Kind.USAGE, "--threshold cannot be negative");
    }
    BenchReport old = ReportJson.read(before);
    BenchReport young = ReportJson.read(after);
    Changes changes = Changes.of(old, young, threshold / 100);
    if (json) {
      output.line(Json.document("bench-compare", 1, members(changes)));
    } else {
      output.text(text(changes));
    }
    if (changes.both().isEmpty()) {
      throw new GatunException(
          GatunException.Kind.USAGE, "the reports have no row in common: nothing was compared");
    }
    return changes.regressed() ? GatunException.Kind.REGRESSION.exitCode() : 0;
  }

  private static String text(Changes changes) {
    var table =
        new Table(
            "model",
            "test",
            "scenario",
            "device",
            "before ms",
            "after ms",
            "time",
            "p",
            "agree",
            "");
    for (Change change : changes.both()) {
      table.row(
          change.after().model(),
          change.after().test(),
          change.after().scenario(),
          change.after().device(),
          Columns.milliseconds(change.before().latency().p50().value()),
          Columns.milliseconds(change.after().latency().p50().value()),
          Units.fixed(change.ratio(), 2) + "x",
          Units.fixed(change.p(), 3),
          change.agrees() ? "yes" : "no",
          change.verdict());
    }
    var text = new StringBuilder(table.toText());
    int rows = changes.both().size();
    if (rows > 0) {
      text.append(
          "%d of %d rows agree within their intervals (%s %%)\n"
              .formatted(
                  changes.agreeing(), rows, Units.fixed(100.0 * changes.agreeing() / rows, 0)));
    }
    changes.notes().forEach(note -> text.append(note).append('\n'));
    return text.toString();
  }

  private Map<String, Object> members(Changes changes) {
    List<Map<String, Object>> rows = new ArrayList<>();
    for (Change change : changes.both()) {
      Map<String, Object> row = new LinkedHashMap<>();
      row.put("model", change.after().model());
      row.put("test", change.after().test());
      row.put("scenario", change.after().scenario());
      row.put("device", change.after().device());
      row.put("beforeSeconds", change.before().latency().p50().value());
      row.put("afterSeconds", change.after().latency().p50().value());
      row.put("ratio", change.ratio());
      row.put("p", change.p());
      row.put("agrees", change.agrees());
      row.put("verdict", change.verdict());
      rows.add(row);
    }
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("before", before.toString());
    members.put("after", after.toString());
    members.put("thresholdPercent", threshold);
    members.put("regressed", changes.regressed());
    members.put("agreeing", changes.agreeing());
    members.put("rows", rows);
    members.put("notes", changes.notes());
    return members;
  }
}
