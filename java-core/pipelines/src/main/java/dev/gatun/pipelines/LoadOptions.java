package dev.gatun.pipelines;

import dev.gatun.models.lora.LoraAdapter;
import dev.gatun.runtime.plan.Policy;
import dev.gatun.tensor.DType;
import java.util.List;
import java.util.Objects;

/**
 * How a model is loaded. Immutable; start from {@link #DEFAULT}.
 *
 * @param policy how the planner chooses a device
 * @param context positions of one sequence; 0 for what the model was trained for, at most {@value
 *     #DEFAULT_CONTEXT}
 * @param batch most tokens of one submission: the size of prefill blocks; 0 for what was tuned, or
 *     {@value #DEFAULT_BATCH}
 * @param rows most outputs wanted of one submission: one per sequence to generate, more to score a
 *     text
 * @param sequences sequences that are open at once
 * @param stateType storage of keys and values: F16, F32 or Q8_0
 * @param profile whether time per node is recorded
 * @param deterministic whether a sequence's outputs must be the same bits whatever else runs in the
 *     session and however a prompt is divided into blocks; the setting {@code
 *     gatun.run.deterministic} asks for it too
 * @param tuned whether what {@code gatun tune} kept for this model and device is used; the setting
 *     {@code gatun.plan.tuned} can forbid it
 */
public record LoadOptions(
    Policy policy,
    int context,
    int batch,
    int rows,
    int sequences,
    DType stateType,
    boolean profile,
    boolean deterministic,
    boolean tuned,
    List<LoraAdapter> adapters) {
  /** Largest context that is taken without being asked for. */
  public static final int DEFAULT_CONTEXT = 4096;

  /** Prefill block that is taken when none was asked for and none was tuned. */
  public static final int DEFAULT_BATCH = 512;

  public static final LoadOptions DEFAULT =
      new LoadOptions(Policy.auto(), 0, 0, 1, 1, DType.F16, false, false, true, List.of());

  public LoadOptions {
    Objects.requireNonNull(policy);
    Objects.requireNonNull(stateType);
    adapters = List.copyOf(adapters);
    if (context < 0 || batch < 0 || rows < 1 || sequences < 1) {
      throw new IllegalArgumentException(
          "context %d, batch %d, rows %d, sequences %d".formatted(context, batch, rows, sequences));
    }
  }

  public LoadOptions withPolicy(Policy other) {
    return new LoadOptions(
        other, context, batch, rows, sequences, stateType, profile, deterministic, tuned, adapters);
  }

  public LoadOptions withContext(int positions) {
    return new LoadOptions(
        policy,
        positions,
        batch,
        rows,
        sequences,
        stateType,
        profile,
        deterministic,
        tuned,
        adapters);
  }

  public LoadOptions withBatch(int tokens) {
    return new LoadOptions(
        policy,
        context,
        tokens,
        rows,
        sequences,
        stateType,
        profile,
        deterministic,
        tuned,
        adapters);
  }

  public LoadOptions withRows(int count) {
    return new LoadOptions(
        policy,
        context,
        batch,
        count,
        sequences,
        stateType,
        profile,
        deterministic,
        tuned,
        adapters);
  }

  /** As many rows at least. */
  public LoadOptions withSequences(int count) {
    int most = Math.max(rows, count);
    return new LoadOptions(
        policy, context, batch, most, count, stateType, profile, deterministic, tuned, adapters);
  }

  public LoadOptions withStateType(DType type) {
    return new LoadOptions(
        policy, context, batch, rows, sequences, type, profile, deterministic, tuned, adapters);
  }

  public LoadOptions withProfile(boolean on) {
    return new LoadOptions(
        policy, context, batch, rows, sequences, stateType, on, deterministic, tuned, adapters);
  }

  public LoadOptions withDeterministic(boolean on) {
    return new LoadOptions(
        policy, context, batch, rows, sequences, stateType, profile, on, tuned, adapters);
  }

  public LoadOptions withTuned(boolean on) {
    return new LoadOptions(
        policy, context, batch, rows, sequences, stateType, profile, deterministic, on, adapters);
  }

  public LoadOptions withAdapters(List<LoraAdapter> list) {
    return new LoadOptions(
        policy, context, batch, rows, sequences, stateType, profile, deterministic, tuned, list);
  }
}
