package dev.gatun.quantize.optimize;

import java.util.List;
import java.util.Optional;

/**
 * What a search found.
 *
 * @param trials all, in the order in which they were made
 * @param chosen the best; empty when nothing could be tried
 * @param met whether it keeps all limits
 */
public record OptimizeResult(List<Trial> trials, Optional<Trial> chosen, boolean met) {
  public OptimizeResult {
    trials = List.copyOf(trials);
  }

  /** Whether no other trial is at least as accurate, as small and as fast. */
  public boolean pareto(Trial trial) {
    return trials.stream().noneMatch(other -> other.measured().dominates(trial.measured()));
  }
}
