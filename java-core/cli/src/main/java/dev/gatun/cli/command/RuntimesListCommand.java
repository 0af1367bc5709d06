package dev.gatun.cli.command;

import dev.gatun.cli.output.Json;
import dev.gatun.cli.output.Table;
import dev.gatun.runtime.GatunRuntime;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Lists runtimes. */
@Command(
    name = "list",
    mixinStandardHelpOptions = true,
    description = "Lists the runtimes that backends can use, and the copies that are here.")
public final class RuntimesListCommand implements Callable<Integer> {
  @Option(names = "--verify", description = "Read every installed file and compare its digest.")
  private boolean verify;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  @Mixin private RuntimeOptions runtimeOptions;
  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    var output = new Output(spec);
    try (GatunRuntime runtime = runtimeOptions.open()) {
      List<RuntimeLines> all = RuntimeLines.of(runtime, verify);
      if (json) {
        output.line(
            Json.document(
                "runtimes",
                1,
                Map.of("runtimes", all.stream().map(RuntimeLines::members).toList())));
        return 0;
      }
      var table = new Table("NAME", "VERSION", "HERE", "LICENCE", "DESCRIPTION");
      all.forEach(line ->
          table.row(line.name(), line.version(), line.here(), line.licence(), line.description()));
      output.text(table.toText());
      all.stream()
          .flatMap(line -> line.problems().stream())
          .forEach(problem -> output.line("problem: " + problem));
      return 0;
    }
  }
}
