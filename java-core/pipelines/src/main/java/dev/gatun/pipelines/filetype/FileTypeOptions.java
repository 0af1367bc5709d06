package dev.gatun.pipelines.filetype;

import dev.gatun.runtime.plan.Policy;
import java.util.Objects;

/**
 * How files are classified. Immutable; start from {@link #DEFAULT}.
 *
 * @param policy how the planner chooses a device
 * @param confidence how sure the model must be
 * @param batch most files of one submission
 */
public record FileTypeOptions(Policy policy, Confidence confidence, int batch) {
  /** How sure the model must be; else the answer is {@code txt} or {@code unknown}. */
  public enum Confidence {
    /** By a threshold of each kind of file. */
    HIGH,
    /** By one lower threshold for all. */
    MEDIUM,
    /** The model's guess is always the answer. */
    GUESS
  }

  public static final FileTypeOptions DEFAULT =
      new FileTypeOptions(Policy.auto(), Confidence.HIGH, 32);

  public FileTypeOptions {
    Objects.requireNonNull(policy);
    Objects.requireNonNull(confidence);
    if (batch < 1) {
      throw new IllegalArgumentException("batch " + batch);
    }
  }

  public FileTypeOptions withPolicy(Policy other) {
    return new FileTypeOptions(other, confidence, batch);
  }

  public FileTypeOptions withConfidence(Confidence other) {
    return new FileTypeOptions(policy, other, batch);
  }

  public FileTypeOptions withBatch(int files) {
    return new FileTypeOptions(policy, confidence, files);
  }
}
