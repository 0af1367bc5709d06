package dev.gatun.cli.command;

import dev.gatun.cli.output.Json;
import dev.gatun.pipelines.EachDevice;
import dev.gatun.pipelines.Pipeline;
import dev.gatun.runtime.GatunRuntime;
import dev.gatun.runtime.plan.Explanation;
import dev.gatun.runtime.plan.Policy;
import dev.gatun.runtime.store.PullListener;
import dev.gatun.tensor.GatunException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * What commands over pipelines have in common: a model with a default, a device or all of them, and
 * a result as text or JSON.
 *
 * @param <P> the pipeline
 * @param <T> its result
 */
abstract class PipelineCommand<P extends Pipeline, T> implements Callable<Integer> {
  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  @Mixin private RuntimeOptions.PolicyOptions policy = new RuntimeOptions.PolicyOptions();
  @Mixin private RuntimeOptions runtimeOptions;
  @Spec private CommandSpec spec;

  /** The model's name, folder or file. */
  abstract String model();

  /** Reads what the user gave, before anything is loaded. */
  abstract void prepare(Output output);

  abstract P load(GatunRuntime runtime, Policy policy, PullListener listener);

  abstract T run(P pipeline);

  abstract void print(Output output, T result);

  /** The result as JSON members. */
  abstract Map<String, Object> members(T result);

  /** The result in a few words. */
  abstract String summary(T result);

  abstract Difference difference(T reference, T other);

  /** After the result was printed: writes files and the like. */
  void finish(Output output, T result) {}

  /** Exit code after a result. */
  int exitCode() {
    return 0;
  }

  @Override
  public final Integer call() {
    var output = new Output(spec);
    prepare(output);
    try (GatunRuntime runtime = runtimeOptions.open()) {
      return policy.isAll() ? compare(runtime, output) : runOnce(runtime, output);
    }
  }

  private P load(GatunRuntime runtime, Policy wanted, Output output) {
    var listener = new Loading.BarListener(output);
    try {
      return load(runtime, wanted, listener);
    } finally {
      listener.finish();
    }
  }

  private int runOnce(GatunRuntime runtime, Output output) {
    try (P pipeline = load(runtime, policy.policy(), output)) {
      T result = run(pipeline);
      Explanation plan = pipeline.explain();
      if (json) {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("model", model());
        members.putAll(members(result));
        members.put("plan", Plans.members(plan));
        output.line(Json.document(name(), 1, members));
      } else {
        note(output, plan);
        print(output, result);
      }
      finish(output, result);
      return exitCode();
    }
  }

  private String name() {
    return spec.name();
  }

  private static void note(Output output, Explanation plan) {
    output.note("gatun: on " + String.join(", ", Plans.devices(plan)));
    Plans.passedOver(plan).forEach(line -> output.note("gatun: " + line));
    plan.notes().forEach(note -> output.note("gatun: " + note));
  }

  private int compare(GatunRuntime runtime, Output output) {
    var comparison =
        new Comparison<>(
            EachDevice.run(runtime, each -> load(runtime, each, output), this::run),
            this::difference);
    if (json) {
      Map<String, Object> members = new LinkedHashMap<>();
      members.put("model", model());
      members.putAll(comparison.members(this::members));
      output.line(Json.document(name() + "-comparison", 1, members));
    } else {
      comparison.reference().ifPresent(result -> print(output, result));
      output.text(comparison.text(this::summary));
    }
    comparison.reference().ifPresent(result -> finish(output, result));
    if (comparison.reference().isEmpty()) {
      output.note("gatun: no device of this machine runs the model");
      return GatunException.Kind.BACKEND_UNAVAILABLE.exitCode();
    }
    if (!comparison.agrees()) {
      output.note("gatun: devices differ by more than the tolerance");
      return GatunException.Kind.MISMATCH.exitCode();
    }
    return exitCode();
  }
}
