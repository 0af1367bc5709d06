package dev.gatun.quantize.optimize;

import dev.gatun.quantize.onnx.NoGainException;
import dev.gatun.quantize.optimize.OptimizeResult.Rejected;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Searches for the recipe that fulfils an objective best. Each artifact is made once, measured
 * once, and kept ({@link ArtifactCache}). Used by one thread.
 */
public final class Optimizer<R extends Recipe> {
  /** Raised when the same recipe would give other bytes than before. */
  private static final String VERSION = "3";

  private final Craft<R> craft;
  private final ArtifactCache cache;
  private final Evaluator evaluator;
  private final Rules rules;
  private final Consumer<Trial<R>> listener;
  private final List<Trial<R>> trials = new ArrayList<>();
  private final List<Rejected> rejected = new ArrayList<>();

  /**
   * What is done beside making and measuring.
   *
   * @param restore whether what was hurt most gets its precision back while a limit of accuracy
   *     does not hold
   * @param leastSignal in dB, of the worst tensor after each pass: what is below is not measured
   */
  public record Rules(boolean restore, double leastSignal) {}

  /**
   * @param listener told of each trial
   */
  public Optimizer(
      Craft<R> craft,
      ArtifactCache cache,
      Evaluator evaluator,
      Rules rules,
      Consumer<Trial<R>> listener) {
    this.craft = craft;
    this.cache = cache;
    this.evaluator = evaluator;
    this.rules = rules;
    this.listener = listener;
  }

  /**
   * Tries what a search proposes; when the limits do not hold for what is otherwise best, its most
   * hurt parts get their precision back step by step.
   *
   * @throws IOException when an artifact cannot be written or read
   */
  public OptimizeResult<R> run(Search<R> search, Objective objective) throws IOException {
    for (var next = search.next(); next.isPresent(); next = search.next()) {
      search.learn(attempt(next.get()).map(Trial::measured).orElse(Measurement.WORST));
    }
    Optional<Trial<R>> best = best(objective);
    List<Trial<R>> worth = rules.restore() ? worthRaising(objective, best) : List.of();
    for (Trial<R> candidate : worth) {
      for (R milder : craft.milder(candidate.recipe(), candidate.artifact())) {
        Optional<Trial<R>> raised = attempt(milder);
        if (raised.filter(trial -> objective.met(trial.measured())).isPresent()) {
          break;
        }
      }
    }
    Optional<Trial<R>> chosen = best(objective);
    return new OptimizeResult<>(
        trials,
        rejected,
        chosen,
        chosen.filter(trial -> objective.met(trial.measured())).isPresent(),
        evaluator.wording());
  }

  private Optional<Trial<R>> best(Objective objective) {
    Trial<R> best = null;
    for (Trial<R> trial : trials) {
      if (best == null || objective.prefers(trial.measured(), best.measured())) {
        best = trial;
      }
    }
    return Optional.ofNullable(best);
  }

  /** The trial that would be best if its limits held: more precision may make them hold. */
  private List<Trial<R>> worthRaising(Objective objective, Optional<Trial<R>> best) {
    Metric metric = objective.best();
    if (metric.isQuality()) {
      return List.of();
    }
    boolean met = best.filter(trial -> objective.met(trial.measured())).isPresent();
    return trials.stream()
        .filter(trial -> !objective.met(trial.measured()))
        .filter(trial ->
            !met
                || metric.better(
                    trial.measured().value(metric), best.get().measured().value(metric)))
        .filter(trial -> limitsOfQuality(objective, trial))
        .reduce((one, other) ->
            objective.violation(other.measured()) < objective.violation(one.measured())
                ? other
                : one)
        .stream()
        .toList();
  }

  /** Whether it is accuracy or divergence that is lacking: a larger file cannot be made smaller. */
  private static boolean limitsOfQuality(Objective objective, Trial<?> trial) {
    return objective.limits().stream()
        .filter(limit -> !limit.holds(trial.measured()))
        .allMatch(limit -> limit.metric().isQuality());
  }

  /** Makes, checks and measures; empty when the recipe is rejected. */
  private Optional<Trial<R>> attempt(R recipe) throws IOException {
    String key = ArtifactCache.key(VERSION, craft.identity(recipe), recipe.canonical());
    Path artifact;
    try {
      artifact = cache.file(key, craft.suffix(), target -> craft.make(recipe, target));
    } catch (NoGainException e) {
      return reject(recipe, e.getMessage());
    }
    Discrepancy discrepancy =
        Discrepancy.read(
            cache.file(key, ".weights", target -> craft.check(artifact).write(target)));
    if (!discrepancy.within(rules.leastSignal())) {
      return reject(
          recipe,
          String.format(
              Locale.ROOT,
              "%s has %.1f dB of signal to noise",
              discrepancy.tensor(),
              discrepancy.signal()));
    }
    Optional<String> refusal = craft.refusal(artifact);
    if (refusal.isPresent()) {
      return reject(recipe, refusal.get());
    }
    String measuredKey = ArtifactCache.key(key, evaluator.identity());
    Optional<Measurement> kept = cache.measurement(measuredKey);
    Measurement measured = kept.isPresent() ? kept.get() : evaluator.measure(artifact);
    if (kept.isEmpty()) {
      cache.keep(measuredKey, recipe, measured);
    }
    Trial<R> trial = new Trial<>(recipe, artifact, discrepancy, measured, kept.isPresent());
    trials.add(trial);
    listener.accept(trial);
    return Optional.of(trial);
  }

  private Optional<Trial<R>> reject(R recipe, String reason) {
    rejected.add(new Rejected(recipe, reason));
    return Optional.empty();
  }
}
