package dev.gatun.quantize.optimize;

import java.util.List;
import java.util.Optional;

/**
 * What a search found.
 *
 * @param trials all, in the order in which they were made
 * @param rejected what was not measured
 * @param chosen the best; empty when nothing could be tried
 * @param met whether it keeps all limits
 * @param wording what the figures are
 */
public record OptimizeResult<R extends Recipe>(
    List<Trial<R>> trials,
    List<Rejected> rejected,
    Optional<Trial<R>> chosen,
    boolean met,
    Evaluator.Wording wording) {
  /**
   * A recipe that was not measured.
   *
   * @param reason a pass broke a tensor, changed nothing, or the target refuses the result
   */
  public record Rejected(Recipe recipe, String reason) {}

  public OptimizeResult {
    trials = List.copyOf(trials);
    rejected = List.copyOf(rejected);
  }

  /** Whether no other trial is at least as accurate, as small and as fast. */
  public boolean pareto(Trial<?> trial) {
    return trials.stream().noneMatch(other -> other.measured().dominates(trial.measured()));
  }
}
