package dev.gatun.cli.optimize;

import dev.gatun.cli.output.Json;
import dev.gatun.cli.output.Table;
import dev.gatun.cli.output.Units;
import dev.gatun.quantize.optimize.DeviceTime;
import dev.gatun.quantize.optimize.Discrepancy;
import dev.gatun.quantize.optimize.Measurement;
import dev.gatun.quantize.optimize.OptimizeResult;
import dev.gatun.quantize.optimize.Trial;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A search as text and as JSON. */
public final class OptimizeText {

  private OptimizeText() {}

  /** Names of the columns of {@link #cells}. */
  static List<String> header(OptimizeResult<?> result) {
    List<String> names =
        new ArrayList<>(List.of("RECIPE", "ACCURACY", result.wording().divergence()));
    if (hasTask(result)) {
      names.add("TASK");
    }
    names.addAll(
        List.of(
            "WORST SNR", "SIZE", "MS/" + result.wording().run(), "95 %", "DEVICE", "PARETO", ""));
    return names;
  }

  private static boolean hasTask(OptimizeResult<?> result) {
    return result.trials().stream().anyMatch(trial -> trial.measured().task().isPresent());
  }

  /** One trial. */
  static List<String> cells(OptimizeResult<?> result, Trial<?> trial) {
    Measurement measured = trial.measured();
    boolean chosen = result.chosen().filter(trial::equals).isPresent();
    List<String> cells =
        new ArrayList<>(
            List.of(
                trial.recipe().title(),
                Units.fixed(measured.accuracy(), 4),
                Units.fixed(measured.divergence(), 4)));
    if (hasTask(result)) {
      cells.add(measured.task().isPresent() ? Units.fixed(measured.task().getAsDouble(), 4) : "");
    }
    cells.addAll(
        List.of(
            signal(trial.discrepancy()),
            Units.bytes(measured.bytes()),
            Units.fixed(measured.seconds() * 1e3, 2),
            "%s..%s"
                .formatted(
                    Units.fixed(measured.fastest().low() * 1e3, 2),
                    Units.fixed(measured.fastest().high() * 1e3, 2)),
            measured.device(),
            result.pareto(trial) ? "yes" : "",
            chosen
                ? (result.met() ? "chosen" : "nearest")
                : trial.cached() ? "measured before" : ""));
    return cells;
  }

  /** For a terminal. */
  public static String text(OptimizeResult<?> result) {
    var table = new Table(header(result).toArray(String[]::new));
    result.trials().forEach(trial -> table.row(cells(result, trial).toArray()));
    StringBuilder text = new StringBuilder(table.toText());
    for (OptimizeResult.Rejected rejected : result.rejected()) {
      text.append(
          "%s was not measured: %s\n".formatted(rejected.recipe().title(), rejected.reason()));
    }
    if (result.trials().stream().anyMatch(trial -> trial.measured().times().size() > 1)) {
      text.append('\n').append(devices(result));
    }
    return text.toString();
  }

  /** One row for each recipe and device. */
  private static String devices(OptimizeResult<?> result) {
    var table = new Table("RECIPE", "DEVICE", "MS/" + result.wording().run(), "95 %");
    for (Trial<?> trial : result.trials()) {
      for (DeviceTime time : trial.measured().times()) {
        table.row(
            trial.recipe().title(),
            time.device(),
            Units.fixed(time.median() * 1e3, 2),
            "%s..%s"
                .formatted(Units.fixed(time.low() * 1e3, 2), Units.fixed(time.high() * 1e3, 2)));
      }
    }
    return table.toText();
  }

  private static String signal(Discrepancy discrepancy) {
    return Double.isInfinite(discrepancy.signal())
        ? "exact"
        : Units.fixed(discrepancy.signal(), 1) + " dB";
  }

  /**
   * For machines.
   *
   * @param file that was written; null for none
   */
  public static String json(OptimizeResult<?> result, String model, String goal, String file) {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("model", model);
    members.put("goal", goal);
    members.put("met", result.met());
    members.put("file", file);
    members.put("chosen", result.chosen().map(trial -> trial.recipe().title()).orElse(null));
    members.put("trials", result.trials().stream().map(trial -> members(result, trial)).toList());
    members.put(
        "rejected",
        result.rejected().stream()
            .map(rejected ->
                Map.of("recipe", rejected.recipe().title(), "reason", rejected.reason()))
            .toList());
    return Json.document("optimize", 2, members);
  }

  /** JSON has no infinity: what is exact, or no number, is a text. */
  private static Object number(double value) {
    return Double.isFinite(value) ? (Object) value : Double.toString(value);
  }

  private static Map<String, Object> members(OptimizeResult<?> result, Trial<?> trial) {
    Measurement measured = trial.measured();
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("recipe", trial.recipe().title());
    members.putAll(trial.recipe().members());
    members.put("worstTensor", trial.discrepancy().tensor());
    members.put("worstSnr", number(trial.discrepancy().signal()));
    members.put("accuracy", measured.accuracy());
    members.put("divergence", measured.divergence());
    measured.task().ifPresent(share -> members.put("task", share));
    members.put("bytes", measured.bytes());
    members.put("seconds", measured.seconds());
    members.put("device", measured.device());
    members.put(
        "times",
        measured.times().stream()
            .map(time ->
                Map.of(
                    "device", time.device(),
                    "median", time.median(),
                    "low", time.low(),
                    "high", time.high()))
            .toList());
    members.put("pareto", result.pareto(trial));
    members.put("measuredBefore", trial.cached());
    members.put("artifact", trial.artifact().toString());
    return members;
  }
}
