package dev.gatun.models.sampling;

import dev.gatun.tensor.GatunException;
import dev.gatun.tensor.GatunException.Kind;
import java.util.List;

/**
 * The token sequences at which a repetition ends, for {@link DryOptions}. Immutable.
 *
 * @param sequences token ids in the order of the text, none empty; duplicates do no harm
 */
public record SequenceBreakers(List<List<Integer>> sequences) {
  /** Repetitions run across everything. */
  public static final SequenceBreakers NONE = new SequenceBreakers(List.of());

  /**
   * @throws GatunException of kind {@code USAGE} when a sequence is empty
   */
  public SequenceBreakers {
    sequences = sequences.stream().map(List::copyOf).toList();
    if (sequences.contains(List.<Integer>of())) {
      throw new GatunException(Kind.USAGE, "sampling: a DRY sequence breaker has no tokens");
    }
  }
}
