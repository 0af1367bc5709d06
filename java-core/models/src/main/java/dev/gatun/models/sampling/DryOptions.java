package dev.gatun.models.sampling;

import dev.gatun.tensor.GatunException;
import java.util.Objects;

/**
 * DRY ("don't repeat yourself"): a penalty on tokens that would continue a repetition of what has
 * been said, growing exponentially with the repetition's length. A token that would follow a
 * repetition of {@code length} tokens loses {@code multiplier * base^(length - allowedLength)} from
 * its logit when {@code length >= allowedLength}. Immutable; start from {@link #DISABLED}. Names
 * and defaults are llama.cpp's.
 *
 * <p>Source: P. E. Weidmann, "DRY: A modern repetition penalty", text-generation-webui, pull
 * request 5677, 2024.
 *
 * @param multiplier the penalty of the shortest repetition that is penalized; 0 disables
 * @param base growth of the penalty per token; below 1 disables
 * @param allowedLength length of the shortest repetition that is penalized
 * @param penaltyLastN how many of the last tokens are searched; 0 disables
 * @param sequenceBreakers token sequences that no repetition extends across
 */
public record DryOptions(
    float multiplier,
    float base,
    int allowedLength,
    int penaltyLastN,
    SequenceBreakers sequenceBreakers) {
  /** No penalty; the other values are those that llama.cpp starts from. */
  public static final DryOptions DISABLED = new DryOptions(0f, 1.75f, 2, 64, SequenceBreakers.NONE);

  /**
   * @throws GatunException of kind {@code USAGE} for a value out of its range
   */
  public DryOptions {
    Objects.requireNonNull(sequenceBreakers);
    Ranges.check("DRY multiplier", multiplier, multiplier >= 0, "at least 0; 0 disables it");
    Ranges.check("DRY base", base, base >= 0, "at least 0; below 1 disables it");
    Ranges.check("DRY allowed length", allowedLength, allowedLength >= 0, "at least 0");
    Ranges.check("DRY last n", penaltyLastN, penaltyLastN >= 0, "at least 0; 0 disables it");
  }

  /** Whether there is a penalty at all. */
  public boolean enabled() {
    return multiplier != 0 && base >= 1 && penaltyLastN > 0;
  }

  public DryOptions withMultiplier(float value) {
    return new DryOptions(value, base, allowedLength, penaltyLastN, sequenceBreakers);
  }

  public DryOptions withBase(float value) {
    return new DryOptions(multiplier, value, allowedLength, penaltyLastN, sequenceBreakers);
  }

  public DryOptions withAllowedLength(int value) {
    return new DryOptions(multiplier, base, value, penaltyLastN, sequenceBreakers);
  }

  public DryOptions withPenaltyLastN(int value) {
    return new DryOptions(multiplier, base, allowedLength, value, sequenceBreakers);
  }

  public DryOptions withSequenceBreakers(SequenceBreakers value) {
    return new DryOptions(multiplier, base, allowedLength, penaltyLastN, value);
  }
}
