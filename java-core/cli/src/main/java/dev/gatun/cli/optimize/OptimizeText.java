package dev.gatun.cli.optimize;

import dev.gatun.cli.output.Json;
import dev.gatun.cli.output.Table;
import dev.gatun.cli.output.Units;
import dev.gatun.quantize.optimize.Discrepancy;
import dev.gatun.quantize.optimize.Measurement;
import dev.gatun.quantize.optimize.OptimizeResult;
import dev.gatun.quantize.optimize.Trial;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A search as text and as JSON. */
public final class OptimizeText {
  private static final List<String> HEADER =
      List.of("RECIPE", "ACCURACY", "KLD", "WORST SNR", "SIZE", "MS/TOKEN", "PARETO", "");

  private OptimizeText() {}

  /** Names of the columns of {@link #cells}. */
  static List<String> header() {
    return HEADER;
  }

  /** One trial. */
  static List<String> cells(OptimizeResult result, Trial trial) {
    Measurement measured = trial.measured();
    boolean chosen = result.chosen().filter(trial::equals).isPresent();
    return List.of(
        trial.recipe().title(),
        Units.fixed(measured.accuracy(), 4),
        Units.fixed(measured.divergence(), 4),
        signal(trial.discrepancy()),
        Units.bytes(measured.bytes()),
        Units.fixed(measured.seconds() * 1e3, 2),
        result.pareto(trial) ? "yes" : "",
        chosen ? (result.met() ? "chosen" : "nearest") : trial.cached() ? "measured before" : "");
  }

  /** For a terminal. */
  public static String text(OptimizeResult result) {
    var table = new Table(HEADER.toArray(String[]::new));
    result.trials().forEach(trial -> table.row(cells(result, trial).toArray()));
    StringBuilder text = new StringBuilder(table.toText());
    for (OptimizeResult.Rejected rejected : result.rejected()) {
      text.append(
          "%s was not measured: %s has %s of signal to noise\n"
              .formatted(
                  rejected.recipe().title(),
                  rejected.discrepancy().tensor(),
                  signal(rejected.discrepancy())));
    }
    return text.toString();
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
  public static String json(OptimizeResult result, String model, String goal, String file) {
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
                Map.of(
                    "recipe", rejected.recipe().title(),
                    "tensor", rejected.discrepancy().tensor(),
                    "snr", number(rejected.discrepancy().signal())))
            .toList());
    return Json.document("optimize", 1, members);
  }

  /** JSON has no infinity: what is exact, or no number, is a text. */
  private static Object number(double value) {
    return Double.isFinite(value) ? (Object) value : Double.toString(value);
  }

  private static Map<String, Object> members(OptimizeResult result, Trial trial) {
    Measurement measured = trial.measured();
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("recipe", trial.recipe().title());
    members.put("type", trial.recipe().type().title());
    members.put("importanceMatrix", trial.recipe().weighted());
    Map<String, String> raised = new LinkedHashMap<>();
    trial.recipe().raised().forEach((regex, dtype) -> raised.put(regex, dtype.name()));
    members.put("raised", raised);
    members.put("worstTensor", trial.discrepancy().tensor());
    members.put("worstSnr", number(trial.discrepancy().signal()));
    members.put("accuracy", measured.accuracy());
    members.put("divergence", measured.divergence());
    members.put("bytes", measured.bytes());
    members.put("secondsPerToken", measured.seconds());
    members.put("device", measured.device());
    members.put("pareto", result.pareto(trial));
    members.put("measuredBefore", trial.cached());
    members.put("artifact", trial.artifact().toString());
    return members;
  }
}
