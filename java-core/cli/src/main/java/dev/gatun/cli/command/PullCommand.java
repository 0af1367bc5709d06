package dev.gatun.cli.command;

import dev.gatun.cli.output.Json;
import dev.gatun.cli.output.Units;
import dev.gatun.pipelines.Models;
import dev.gatun.runtime.GatunRuntime;
import dev.gatun.runtime.store.StoredModel;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Brings a model into the store. */
@Command(
    name = "pull",
    mixinStandardHelpOptions = true,
    description = {
      "Brings a model into the store.",
      "MODEL is a name of the catalogue, hf:owner/repository/file.gguf, an address with "
          + "#sha256=DIGEST, or a file."
    })
public final class PullCommand implements Callable<Integer> {
  @Parameters(paramLabel = "MODEL", description = "What to bring.")
  private String model;

  @Option(names = "--name", paramLabel = "NAME", description = "What to call it in the store.")
  private String name;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  @Mixin private RuntimeOptions runtimeOptions;
  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    var output = new Output(spec);
    var listener = new Loading.BarListener(output);
    try (GatunRuntime runtime = runtimeOptions.open()) {
      StoredModel stored = Models.pull(runtime, model, Optional.ofNullable(name), listener);
      listener.finish();
      output.line(
          json
              ? Json.document("pull", 1, ListCommand.members(stored))
              : "%s  %s  sha256 %s"
                  .formatted(stored.name(), Units.bytes(stored.size()), stored.digest()));
      return 0;
    } finally {
      listener.finish();
    }
  }
}
