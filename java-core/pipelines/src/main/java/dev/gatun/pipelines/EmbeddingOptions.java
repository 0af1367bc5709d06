package dev.gatun.pipelines;

import dev.gatun.models.arch.Pooling;
import dev.gatun.runtime.plan.Policy;
import java.util.Objects;
import java.util.Optional;

/**
 * How texts become embeddings. Immutable; start from {@link #DEFAULT}.
 *
 * @param policy how the planner chooses a device
 * @param pooling how the vectors of a text's tokens become one; empty for what the model says, else
 *     the mean
 * @param normalize whether embeddings get length 1
 * @param batch most tokens of one submission, padding included: so many that each weight is read
 *     seldom, and so few that what lies between two products stays in the cache
 * @param longest tokens that a text is cut to, [CLS] and [SEP] included; 0 for what the model says
 */
public record EmbeddingOptions(
    Policy policy, Optional<Pooling> pooling, boolean normalize, int batch, int longest) {
  public static final EmbeddingOptions DEFAULT =
      new EmbeddingOptions(Policy.auto(), Optional.empty(), true, 1024, 0);

  public EmbeddingOptions {
    Objects.requireNonNull(policy);
    if (batch < 1 || longest < 0) {
      throw new IllegalArgumentException("batch %d, longest %d".formatted(batch, longest));
    }
  }

  public EmbeddingOptions withPolicy(Policy other) {
    return new EmbeddingOptions(other, pooling, normalize, batch, longest);
  }

  public EmbeddingOptions withPooling(Pooling other) {
    return new EmbeddingOptions(policy, Optional.of(other), normalize, batch, longest);
  }

  public EmbeddingOptions withNormalize(boolean on) {
    return new EmbeddingOptions(policy, pooling, on, batch, longest);
  }

  public EmbeddingOptions withBatch(int tokens) {
    return new EmbeddingOptions(policy, pooling, normalize, tokens, longest);
  }

  public EmbeddingOptions withLongest(int tokens) {
    return new EmbeddingOptions(policy, pooling, normalize, batch, tokens);
  }
}
