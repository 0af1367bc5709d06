package dev.gatun.quantize.observe;

import dev.gatun.runtime.plan.Policy;
import dev.gatun.tensor.DType;
import java.util.Objects;

/**
 * How a decoder is run to be observed. Immutable; start from {@link #of}.
 *
 * @param policy how the planner chooses a device
 * @param window most tokens that are read from nothing
 * @param batch most tokens of one submission; observed values take memory in proportion
 * @param logits whether the logits are computed, which costs time
 * @param stateType storage of keys and values
 * @param exact whether products are computed without rounding activations, where a device rounds
 *     them for speed and leaves the choice; what it chose is {@link ObservedDecoder#choices}
 */
public record ObserveOptions(
    Policy policy, int window, int batch, boolean logits, DType stateType, boolean exact) {
  /** Tokens of one submission. */
  private static final int BATCH = 128;

  public ObserveOptions {
    Objects.requireNonNull(policy);
    Objects.requireNonNull(stateType);
    if (window < 1 || batch < 1) {
      throw new IllegalArgumentException("window of %d, batch of %d".formatted(window, batch));
    }
  }

  /** Usual options for windows of this size. */
  public static ObserveOptions of(int window) {
    return new ObserveOptions(
        Policy.auto(), window, Math.min(window, BATCH), false, DType.F16, false);
  }

  public ObserveOptions withPolicy(Policy other) {
    return new ObserveOptions(other, window, batch, logits, stateType, exact);
  }

  public ObserveOptions withLogits(boolean on) {
    return new ObserveOptions(policy, window, batch, on, stateType, exact);
  }

  public ObserveOptions withExact(boolean on) {
    return new ObserveOptions(policy, window, batch, logits, stateType, on);
  }
}
