package dev.gatun.cli.command;

import dev.gatun.cli.output.Json;
import dev.gatun.cli.output.Table;
import dev.gatun.cli.output.Units;
import dev.gatun.runtime.GatunRuntime;
import dev.gatun.runtime.store.StoredModel;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Lists the store. */
@Command(
    name = "list",
    mixinStandardHelpOptions = true,
    description = "Lists the models that are stored here.")
public final class ListCommand implements Callable<Integer> {
  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  @Mixin private RuntimeOptions runtimeOptions;
  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    var output = new Output(spec);
    try (GatunRuntime runtime = runtimeOptions.open()) {
      List<StoredModel> models = runtime.store().list();
      if (json) {
        output.line(
            Json.document(
                "list", 1, Map.of("models", models.stream().map(ListCommand::members).toList())));
      } else if (models.isEmpty()) {
        output.note("Nothing is stored yet; `gatun pull smollm2` brings a small model.");
      } else {
        var table = new Table("NAME", "SIZE", "SHA256", "SOURCE");
        models.forEach(model ->
            table.row(
                model.name(),
                Units.bytes(model.size()),
                model.digest().substring(0, 12),
                model.source()));
        output.text(table.toText());
      }
      return 0;
    }
  }

  static Map<String, Object> members(StoredModel model) {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("name", model.name());
    members.put("bytes", model.size());
    members.put("sha256", model.digest());
    members.put("source", model.source());
    members.put("licence", model.licence());
    members.put("verified", model.verified());
    return members;
  }
}
