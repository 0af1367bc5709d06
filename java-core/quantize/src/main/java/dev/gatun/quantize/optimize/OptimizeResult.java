package dev.gatun.quantize.optimize;

import java.util.List;
import java.util.Optional;

/**
 * What a search found.
 *
 * @param trials all, in the order in which they were made
 * @param rejected what a pass broke, so that it was not measured
 * @param chosen the best; empty when nothing could be tried
 * @param met whether it keeps all limits
 */
public record OptimizeResult(
    List<Trial> trials, List<Rejected> rejected, Optional<Trial> chosen, boolean met) {
  /** A recipe whose artifact has a tensor below the limit of the check. */
  public record Rejected(Recipe recipe, Discrepancy discrepancy) {}

  public OptimizeResult {
    trials = List.copyOf(trials);
    rejected = List.copyOf(rejected);
  }

  /** Whether no other trial is at least as accurate, as small and as fast. */
  public boolean pareto(Trial trial) {
    return trials.stream().noneMatch(other -> other.measured().dominates(trial.measured()));
  }
}
