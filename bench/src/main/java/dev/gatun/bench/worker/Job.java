package dev.gatun.bench.worker;

import dev.gatun.bench.task.BenchTest;
import dev.gatun.bench.task.ModelKind;
import dev.gatun.pipelines.LoadOptions;
import dev.gatun.runtime.plan.Policy;
import dev.gatun.tensor.DType;
import java.util.List;
import java.util.Map;

/**
 * What a worker loads, and what it will be asked.
 *
 * @param model as the user named it; on this machine already
 * @param policy how the planner chooses, as {@link Policy#text} writes it
 * @param settings {@code gatun.<area>.<name>}
 * @param shapes of a network's inputs, extents by name
 */
public record Job(
    String model,
    ModelKind kind,
    String policy,
    List<BenchTest> tests,
    Map<String, String> settings,
    Map<String, long[]> shapes,
    int context,
    int batch,
    int sequences,
    DType cacheType,
    boolean deterministic,
    boolean tuned) {
  public Job {
    tests = List.copyOf(tests);
    settings = Map.copyOf(settings);
    shapes = Map.copyOf(shapes);
  }

  /** How a language model is loaded. */
  LoadOptions options() {
    return LoadOptions.DEFAULT
        .withPolicy(Policy.parse(policy))
        .withContext(context)
        .withBatch(batch)
        .withSequences(sequences)
        .withStateType(cacheType)
        .withDeterministic(deterministic)
        .withTuned(tuned);
  }
}
