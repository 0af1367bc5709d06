package dev.gatun.cli.command;

import dev.gatun.cli.output.Json;
import dev.gatun.runtime.GatunRuntime;
import dev.gatun.runtime.install.RuntimeInstaller.InstalledState;
import dev.gatun.tensor.GatunException;
import java.util.ArrayList;
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

/** Removes runtimes. */
@Command(
    name = "remove",
    mixinStandardHelpOptions = true,
    description = "Removes runtimes that Gatun installed; no other copies are touched.")
public final class RuntimesRemoveCommand implements Callable<Integer> {
  @Parameters(arity = "1..*", paramLabel = "NAME", description = "Names of runtimes.")
  private List<String> names;

  @Option(
      names = "--platform",
      paramLabel = "PLATFORM",
      description = "Only what is installed for this platform (all).")
  private String platform;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  @Mixin private RuntimeOptions runtimeOptions;
  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    var output = new Output(spec);
    List<Map<String, Object>> all = new ArrayList<>();
    try (GatunRuntime runtime = runtimeOptions.open()) {
      for (String name : names) {
        List<InstalledState> removed =
            runtime.runtimes().remove(name, Optional.ofNullable(platform));
        if (removed.isEmpty()) {
          throw new GatunException(
              GatunException.Kind.USAGE,
              "no runtime '%s' is installed%s; `gatun runtimes list` shows what is"
                  .formatted(name, platform == null ? "" : " for " + platform));
        }
        for (InstalledState state : removed) {
          Map<String, Object> members = new LinkedHashMap<>();
          members.put("name", name);
          members.putAll(RuntimeLines.members(state));
          all.add(members);
          if (!json) {
            output.line(
                "removed %s %s for %s, %s freed"
                    .formatted(name, state.version(), state.platform(), RuntimeLines.size(state)));
          }
        }
      }
      if (json) {
        output.line(Json.document("runtimes-remove", 1, Map.of("removed", all)));
      }
      return 0;
    }
  }
}
