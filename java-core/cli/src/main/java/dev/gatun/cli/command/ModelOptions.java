package dev.gatun.cli.command;

import dev.gatun.pipelines.LoadOptions;
import dev.gatun.runtime.plan.Policy;
import dev.gatun.tensor.DType;
import dev.gatun.tensor.GatunException;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Options of every command that loads a model. */
final class ModelOptions {
  @Mixin RuntimeOptions.PolicyOptions policy = new RuntimeOptions.PolicyOptions();

  @Option(
      names = {"-c", "--ctx"},
      paramLabel = "N",
      description = "Positions of the context (what the model was trained for, at most 4096).")
  private int context;

  @Option(
      names = "--batch",
      paramLabel = "N",
      description = "Tokens of one prefill block (what was tuned, or 512).")
  private Integer batch;

  @Option(
      names = "--cache-type",
      paramLabel = "TYPE",
      description = "Storage of keys and values: f16 (default), f32, q8_0.")
  private DType cacheType = DType.F16;

  @Option(
      names = "--deterministic",
      description =
          "The same bits for a sequence in every batch and for every --batch; somewhat slower.")
  private boolean deterministic;

  @Option(names = "--no-tune", description = "Do not use what `gatun tune` kept.")
  private boolean untuned;

  LoadOptions load() {
    return load(policy.policy());
  }

  /** With another policy than the one that was given. */
  LoadOptions load(Policy own) {
    if (context < 0 || (batch != null && batch < 1)) {
      throw new GatunException(
          GatunException.Kind.USAGE, "--ctx and --batch must be positive numbers");
    }
    if (cacheType != DType.F16 && cacheType != DType.F32 && cacheType != DType.Q8_0) {
      throw new GatunException(
          GatunException.Kind.USAGE, "--cache-type is f16, f32 or q8_0, not " + cacheType);
    }
    return LoadOptions.DEFAULT
        .withPolicy(own)
        .withContext(context)
        .withBatch(batch == null ? 0 : batch)
        .withStateType(cacheType)
        .withDeterministic(deterministic)
        .withTuned(!untuned);
  }
}
