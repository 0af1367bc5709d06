package dev.gatun.pipelines.speech;

import dev.gatun.runtime.plan.Policy;
import java.util.Objects;

/**
 * How speech is found. Immutable; start from {@link #DEFAULT}, which are silero-vad's own defaults.
 *
 * @param policy how the planner chooses a device
 * @param threshold probability from which on somebody speaks, from 0 to 1; speech ends where it
 *     falls 0.15 lower
 * @param minSpeech seconds; shorter segments are dropped
 * @param minSilence seconds of silence that end a segment
 * @param padding seconds added at both ends of a segment
 * @param maxSpeech seconds; longer segments are cut at their longest pause, or hard
 */
public record VoiceActivityOptions(
    Policy policy,
    double threshold,
    double minSpeech,
    double minSilence,
    double padding,
    double maxSpeech) {
  public static final VoiceActivityOptions DEFAULT =
      new VoiceActivityOptions(Policy.auto(), 0.5, 0.25, 0.1, 0.03, Double.POSITIVE_INFINITY);

  public VoiceActivityOptions {
    Objects.requireNonNull(policy);
    boolean sound =
        threshold > 0
            && threshold <= 1
            && minSpeech >= 0
            && minSilence >= 0
            && padding >= 0
            && maxSpeech > 0;
    if (!sound) {
      throw new IllegalArgumentException(
          "threshold %s, at least %s s of speech, %s s of silence, padding %s s, at most %s s"
              .formatted(threshold, minSpeech, minSilence, padding, maxSpeech));
    }
  }

  public VoiceActivityOptions withPolicy(Policy other) {
    return new VoiceActivityOptions(other, threshold, minSpeech, minSilence, padding, maxSpeech);
  }

  public VoiceActivityOptions withThreshold(double probability) {
    return new VoiceActivityOptions(policy, probability, minSpeech, minSilence, padding, maxSpeech);
  }

  public VoiceActivityOptions withMinSpeech(double seconds) {
    return new VoiceActivityOptions(policy, threshold, seconds, minSilence, padding, maxSpeech);
  }

  public VoiceActivityOptions withMinSilence(double seconds) {
    return new VoiceActivityOptions(policy, threshold, minSpeech, seconds, padding, maxSpeech);
  }

  public VoiceActivityOptions withPadding(double seconds) {
    return new VoiceActivityOptions(policy, threshold, minSpeech, minSilence, seconds, maxSpeech);
  }

  public VoiceActivityOptions withMaxSpeech(double seconds) {
    return new VoiceActivityOptions(policy, threshold, minSpeech, minSilence, padding, seconds);
  }
}
