package dev.gatun.cli.command;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.gatun.cli.output.Json;
import dev.gatun.cli.output.Table;
import dev.gatun.cli.output.Units;
import dev.gatun.pipelines.LoadOptions;
import dev.gatun.pipelines.ModelTuning;
import dev.gatun.runtime.GatunRuntime;
import dev.gatun.runtime.plan.Policy;
import dev.gatun.runtime.store.LocatedModel;
import dev.gatun.runtime.tune.TuneOptions;
import dev.gatun.runtime.tune.TuningReport;
import dev.gatun.runtime.tune.TuningReport.TunableLine;
import dev.gatun.runtime.tune.TuningReport.ValueLine;
import dev.gatun.tensor.GatunException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Measures what a device leaves open for a model, and keeps the best. */
@Command(
    name = "tune",
    mixinStandardHelpOptions = true,
    description = {
      "Measures what a device leaves open (instruction set, threads, size of prefill blocks, ...)",
      "on this machine and model, and keeps the choice for later commands; `explain` shows it.",
      "Takes a minute or a few; whatever else runs meanwhile disturbs it."
    })
public final class TuneCommand implements Callable<Integer> {
  @Parameters(paramLabel = "MODEL", description = "Name or file of a model.")
  private String model;

  @Option(names = "--quick", description = "Fewer and shorter measurements.")
  private boolean quick;

  @Option(
      names = "--reset",
      description = "Forget what was kept for the model (with --backend: on that one only).")
  private boolean reset;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  @Mixin private RuntimeOptions.PolicyOptions policy;
  @Mixin private RuntimeOptions runtimeOptions;
  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    var output = new Output(spec);
    try (GatunRuntime runtime = runtimeOptions.open()) {
      LocatedModel located = Loading.resolve(runtime, model, output);
      if (reset) {
        forget(runtime, located, output);
        return 0;
      }
      LoadOptions options = LoadOptions.DEFAULT.withPolicy(policy.policy());
      TuneOptions effort = quick ? TuneOptions.QUICK : TuneOptions.DEFAULT;
      TuningReport report =
          ModelTuning.tune(
              runtime, located, options, effort, line -> output.note("gatun: trying " + line));
      print(report, output);
      return 0;
    }
  }

  private void forget(GatunRuntime runtime, LocatedModel located, Output output) {
    Optional<String> backend =
        switch (policy.policy()) {
          case Policy.Require(String id) -> Optional.of(id);
          case Policy.Auto _ -> Optional.empty();
          default ->
              throw new GatunException(
                  GatunException.Kind.USAGE, "--reset takes --backend, not --prefer or --policy");
        };
    List<String> gone = ModelTuning.forget(runtime, located, backend);
    if (json) {
      Map<String, Object> members = new LinkedHashMap<>();
      members.put("model", model);
      members.put("forgotten", gone);
      output.line(Json.document("tune", 1, members));
    } else {
      output.line(
          gone.isEmpty()
              ? "nothing was kept for " + model
              : "forgotten for %s: %s".formatted(model, String.join(", ", gone)));
    }
  }

  private void print(TuningReport report, Output output) {
    if (json) {
      Map<String, Object> members = new LinkedHashMap<>();
      members.put("model", model);
      ObjectMapper mapper = new ObjectMapper();
      members.put("device", report.device());
      members.put("task", report.task());
      members.put("rounds", report.rounds());
      members.put("criterion", report.criterion());
      members.put(
          "tunables",
          mapper.convertValue(
              report.tunables(), new TypeReference<List<Map<String, Object>>>() {}));
      members.put("choices", report.tuning().choices());
      members.put("ratio", report.tuning().ratio());
      members.put("date", report.tuning().date().toString());
      output.line(Json.document("tune", 1, members));
      return;
    }
    output.line("%s, %s, %d rounds".formatted(report.device(), report.task(), report.rounds()));
    var table = new Table("choice", "value", "ms", "speed", "");
    for (TunableLine tunable : report.tunables()) {
      for (ValueLine value : tunable.values()) {
        table.row(
            tunable.name(),
            value.value(),
            value.milliseconds() == 0 ? "" : Units.fixed(value.milliseconds(), 1),
            speed(value),
            remark(tunable, value));
      }
    }
    output.text(table.toText());
    output.line("kept: " + report.tuning());
  }

  private static String speed(ValueLine value) {
    return value.milliseconds() == 0
        ? ""
        : "%s ± %s".formatted(Units.fixed(value.ratio(), 3), Units.fixed(value.spread(), 3));
  }

  private static String remark(TunableLine tunable, ValueLine value) {
    String role =
        value.value().equals(tunable.chosen())
            ? value.value().equals(tunable.standard()) ? "default, chosen" : "chosen"
            : value.value().equals(tunable.standard()) ? "default" : "";
    return role.isEmpty() || value.note().isEmpty()
        ? role + value.note()
        : role + "; " + value.note();
  }
}
