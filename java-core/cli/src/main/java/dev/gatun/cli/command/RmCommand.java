package dev.gatun.cli.command;

import dev.gatun.cli.output.Json;
import dev.gatun.cli.output.Units;
import dev.gatun.runtime.GatunRuntime;
import dev.gatun.runtime.store.ModelStore;
import dev.gatun.tensor.GatunException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Removes models from the store. */
@Command(
    name = "rm",
    mixinStandardHelpOptions = true,
    description = "Removes models from the store; files outside it are never touched.")
public final class RmCommand implements Callable<Integer> {
  @Parameters(arity = "1..*", paramLabel = "MODEL", description = "Names of stored models.")
  private List<String> models;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  @Mixin private RuntimeOptions runtimeOptions;
  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    var output = new Output(spec);
    try (GatunRuntime runtime = runtimeOptions.open()) {
      ModelStore store = runtime.store();
      List<Map<String, Object>> removed = new ArrayList<>();
      for (String model : models) {
        ModelStore.Removal removal = store.remove(model);
        if (!removal.found()) {
          throw new GatunException(
              GatunException.Kind.MODEL,
              "no model '" + model + "' is stored; `gatun list` shows what is");
        }
        removed.add(Map.of("name", model, "bytesFreed", removal.freed()));
        if (!json) {
          output.line("removed " + model + ", " + Units.bytes(removal.freed()) + " freed");
        }
      }
      if (json) {
        output.line(Json.document("rm", 1, Map.of("removed", removed)));
      }
      return 0;
    }
  }
}
