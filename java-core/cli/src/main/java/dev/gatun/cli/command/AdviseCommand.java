package dev.gatun.cli.command;

import dev.gatun.cli.output.Json;
import dev.gatun.cli.output.Table;
import dev.gatun.cli.output.Units;
import dev.gatun.quantize.advise.Advice;
import dev.gatun.quantize.advise.Advisor;
import dev.gatun.quantize.advise.Goal;
import dev.gatun.quantize.advise.ModelNeeds;
import dev.gatun.quantize.advise.Target;
import dev.gatun.runtime.GatunRuntime;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Says which type to quantize a model to. */
@Command(
    name = "advise",
    mixinStandardHelpOptions = true,
    description =
        "Says which type to quantize a language model to for a machine, a goal and a memory, why, and"
            + " with which commands.")
public final class AdviseCommand implements Callable<Integer> {
  @Parameters(arity = "0..1", paramLabel = "MODEL", description = "Name or file of a model.")
  private String model;

  @Option(
      names = "--parameters",
      paramLabel = "N",
      description = "Number of weights, such as 7B, where there is no model yet (8B).")
  private String parameters = "8B";

  @Option(
      names = "--target",
      paramLabel = "NAME",
      description = "cpu (default), intel, apple, nvidia or snapdragon.")
  private Target target = Target.CPU;

  @Option(names = "--goal", paramLabel = "NAME", description = "size, speed or quality (speed).")
  private Goal goal = Goal.SPEED;

  @Option(
      names = "--memory",
      paramLabel = "SIZE",
      description = "What weights, context and program may take, such as 8G (no limit).")
  private String memory;

  @Option(names = "--ctx", paramLabel = "N", description = "Tokens of context (${DEFAULT-VALUE}).")
  private int context = 4096;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  @Mixin private RuntimeOptions runtimeOptions;
  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    var output = new Output(spec);
    OptionalLong limit =
        memory == null
            ? OptionalLong.empty()
            : OptionalLong.of(Amounts.parse("--memory", memory, 1024));
    Advice advice;
    if (model == null) {
      advice =
          Advisor.advise(
              target, goal, limit, ModelNeeds.of(Amounts.parse("--parameters", parameters, 1000)));
    } else {
      try (GatunRuntime runtime = runtimeOptions.open();
          var source = Loading.open(runtime, model, output)) {
        advice = Advisor.advise(target, goal, limit, ModelNeeds.of(source, context));
      }
    }
    if (json) {
      output.line(Json.document("advise", 1, members(advice)));
    } else {
      print(advice, output);
    }
    return advice.chosen().isPresent() ? 0 : 1;
  }

  private void print(Advice advice, Output output) {
    output.line(
        advice
            .chosen()
            .map(type -> "%s for %s".formatted(type.type().title(), target.title()))
            .orElse("no type fits"));
    advice.reasons().forEach(reason -> output.line("- " + reason));
    output.line("");
    var table = new Table("TYPE", "SIZE", "DIVERGENCE", "VERDICT");
    for (Advice.Considered one : advice.considered()) {
      table.row(
          one.type().type().title() + (one.type().weighted() ? " + imatrix" : ""),
          Units.bytes(one.bytes()),
          Units.fixed(one.type().divergence(), 4),
          one.verdict());
    }
    output.text(table.toText());
    if (!advice.commands().isEmpty()) {
      output.line("");
      advice.commands().forEach(command -> output.line("    " + command));
    }
  }

  private Map<String, Object> members(Advice advice) {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("model", model);
    members.put("target", target.name().toLowerCase(Locale.ROOT));
    members.put("goal", goal.name().toLowerCase(Locale.ROOT));
    members.put("type", advice.chosen().map(type -> type.type().title()).orElse(null));
    members.put("backend", target.backend());
    members.put("reasons", advice.reasons());
    members.put("commands", advice.commands());
    members.put("considered", advice.considered().stream().map(AdviseCommand::considered).toList());
    return members;
  }

  private static Map<String, Object> considered(Advice.Considered one) {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("type", one.type().type().title());
    members.put("bytes", one.bytes());
    members.put("divergence", one.type().divergence());
    members.put("importanceMatrix", one.type().weighted());
    members.put("fits", one.fits());
    members.put("verdict", one.verdict());
    return members;
  }
}
