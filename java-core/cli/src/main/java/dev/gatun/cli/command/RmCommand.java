package dev.gatun.cli.command;

import dev.gatun.cli.output.Units;
import dev.gatun.runtime.GatunRuntime;
import dev.gatun.runtime.store.ModelStore;
import dev.gatun.tensor.GatunException;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
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

  @Mixin private RuntimeOptions runtimeOptions;
  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    var output = new Output(spec);
    try (GatunRuntime runtime = runtimeOptions.open()) {
      ModelStore store = runtime.store();
      for (String model : models) {
        ModelStore.Removal removal = store.remove(model);
        if (!removal.found()) {
          throw new GatunException(
              GatunException.Kind.MODEL,
              "no model '" + model + "' is stored; `gatun list` shows what is");
        }
        output.line("removed " + model + ", " + Units.bytes(removal.freed()) + " freed");
      }
      return 0;
    }
  }
}
