package dev.gatun.cli.command;

import dev.gatun.cli.output.Json;
import dev.gatun.pipelines.OnnxSurvey;
import dev.gatun.runtime.GatunRuntime;
import dev.gatun.runtime.plan.Explanation;
import dev.gatun.runtime.store.LocatedModel;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Shows which device would run which part of a model, and why. */
@Command(
    name = "explain",
    mixinStandardHelpOptions = true,
    description = "Shows which device runs which part of a model, why, and what was passed over.")
public final class ExplainCommand implements Callable<Integer> {
  @Parameters(paramLabel = "MODEL", description = "Name or file of a model.")
  private String model;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  @Option(names = "--nodes", description = "Also list every node and the kernel that runs it.")
  private boolean nodes;

  @Mixin private ShapeOptions shapes;
  @Mixin private ModelOptions modelOptions;
  @Mixin private AdapterOptions adapters;
  @Mixin private RuntimeOptions runtimeOptions;
  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    var output = new Output(spec);
    try (GatunRuntime runtime = runtimeOptions.open()) {
      LocatedModel located = Loading.locate(runtime, model, output);
      if (located.path().toString().endsWith(".onnx")) {
        explainNetworks(runtime, located, output);
        return 0;
      }
      return explain(runtime, located, output);
    }
  }

  private void explainNetworks(GatunRuntime runtime, LocatedModel located, Output output) {
    List<OnnxSurvey> surveys =
        OnnxSurvey.of(runtime, located, modelOptions.policy.policy(), shapes.shapes());
    if (json) {
      Map<String, Object> members = new LinkedHashMap<>();
      members.put("model", model);
      members.putAll(OnnxExplanation.members(surveys));
      output.line(Json.document("explain-onnx", 1, members));
    } else {
      surveys.forEach(survey -> output.line(OnnxExplanation.text(survey)));
    }
  }

  private int explain(GatunRuntime runtime, LocatedModel located, Output output) {
    try (var loaded = Loading.load(runtime, located, adapters.on(located, modelOptions.load()))) {
      Explanation explanation = loaded.model().plan().explain();
      Map<String, String> placement = loaded.model().plan().placement();
      if (json) {
        Map<String, Object> members = Plans.members(explanation);
        members.put("sha256", loaded.digest().orElse(null));
        members.put("placement", placement);
        output.line(Json.document("explain", 1, members));
      } else {
        output.text(explanation.toText());
        if (nodes) {
          placement.forEach((node, unit) -> output.line(node + "  " + unit));
        }
      }
      return 0;
    }
  }
}
