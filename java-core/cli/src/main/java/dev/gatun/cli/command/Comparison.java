package dev.gatun.cli.command;

import dev.gatun.cli.output.Table;
import dev.gatun.cli.output.Units;
import dev.gatun.pipelines.EachDevice.Outcome;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;

/**
 * One pipeline's results on every device: the first that ran is what the others are compared with.
 */
final class Comparison<T> {
  private final List<Outcome<T>> outcomes;
  private final Optional<Outcome<T>> first;
  private final BiFunction<T, T, Difference> difference;

  Comparison(List<Outcome<T>> outcomes, BiFunction<T, T, Difference> difference) {
    this.outcomes = List.copyOf(outcomes);
    this.difference = difference;
    first = outcomes.stream().filter(each -> each.result().isPresent()).findFirst();
  }

  /** What the others are compared with; empty when nothing ran. */
  Optional<T> reference() {
    return first.flatMap(Outcome::result);
  }

  boolean agrees() {
    return ran().stream().map(this::difference).allMatch(Difference::agrees);
  }

  private List<Outcome<T>> ran() {
    return outcomes.stream().filter(each -> each.result().isPresent()).toList();
  }

  private Difference difference(Outcome<T> outcome) {
    return difference.apply(reference().orElseThrow(), outcome.result().orElseThrow());
  }

  String text(Function<T, String> summary) {
    var text = new StringBuilder();
    if (first.isPresent()) {
      Difference scale = difference(first.get());
      var table = new Table("DEVICE", "RESULT", "DIFFERENCE", "AGREES", "TIME", "LOADED IN");
      for (Outcome<T> each : ran()) {
        Difference own = difference(each);
        table.row(
            each.id(),
            summary.apply(each.result().orElseThrow()),
            each.id().equals(first.get().id())
                ? "reference"
                : String.format(Locale.ROOT, "%.1e", own.value()),
            own.agrees() ? "yes" : "NO",
            Units.fixed(1000 * each.runSeconds(), 1) + " ms",
            Units.fixed(1000 * each.loadSeconds(), 0) + " ms");
      }
      text.append('\n').append(table.toText());
      text.append(
          String.format(
              Locale.ROOT, "difference: %s, at most %.1e\n", scale.what(), scale.tolerance()));
    }
    for (Outcome<T> each : outcomes) {
      if (each.result().isEmpty()) {
        text.append(each.id()).append(" did not run: ").append(each.reason());
        text.append(each.remedy().isEmpty() ? "" : " (" + each.remedy() + ")").append('\n');
      }
    }
    return text.toString();
  }

  Map<String, Object> members(Function<T, Map<String, Object>> result) {
    List<Map<String, Object>> devices = new ArrayList<>();
    List<Map<String, Object>> others = new ArrayList<>();
    Map<String, Object> members = new LinkedHashMap<>();
    for (Outcome<T> each : outcomes) {
      Map<String, Object> entry = new LinkedHashMap<>();
      entry.put("device", each.id());
      if (each.result().isEmpty()) {
        entry.put("reason", each.reason());
        entry.put("remedy", each.remedy());
        others.add(entry);
        continue;
      }
      Difference own = difference(each);
      entry.put("milliseconds", 1000 * each.runSeconds());
      entry.put("loadMilliseconds", 1000 * each.loadSeconds());
      entry.put("difference", own.value());
      entry.put("agrees", own.agrees());
      entry.put("result", result.apply(each.result().get()));
      devices.add(entry);
      members.put("difference", own.what());
      members.put("tolerance", own.tolerance());
    }
    members.put("reference", first.map(Outcome::id).orElse(null));
    members.put("agree", first.isPresent() && agrees());
    members.put("devices", devices);
    members.put("didNotRun", others);
    return members;
  }
}
