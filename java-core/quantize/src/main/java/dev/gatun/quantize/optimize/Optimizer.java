package dev.gatun.quantize.optimize;

import dev.gatun.formats.gguf.GgufFile;
import dev.gatun.quantize.gguf.GgufQuantizer;
import dev.gatun.quantize.gguf.MetadataOverride;
import dev.gatun.quantize.gguf.QuantizeListener;
import dev.gatun.quantize.gguf.QuantizeOptions;
import dev.gatun.quantize.gguf.UsedImportance;
import dev.gatun.quantize.optimize.OptimizeResult.Rejected;
import dev.gatun.quantize.optimize.Workflow.Passes;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * Searches for the recipe that fulfils an objective best. Each artifact is made once, measured
 * once, and kept ({@link ArtifactCache}). Used by one thread.
 */
public final class Optimizer {
  /** Raised when the same recipe would give other bytes than before. */
  private static final String VERSION = "1";

  private final GgufFile source;
  private final String digest;
  private final Optional<UsedImportance> importance;
  private final String importanceDigest;
  private final ArtifactCache cache;
  private final Evaluator evaluator;
  private final Consumer<Trial> listener;
  private final int threads;
  private final Passes passes;
  private final List<Trial> trials = new ArrayList<>();
  private final List<Rejected> rejected = new ArrayList<>();

  /**
   * What a search works with.
   *
   * @param source the original
   * @param digest SHA-256 of it
   * @param importance for recipes that want it
   * @param importanceDigest of the matrix; empty without one
   * @param passes what may be done; the types stand in the search
   * @param threads for quantizing
   */
  public record Work(
      GgufFile source,
      String digest,
      Optional<UsedImportance> importance,
      String importanceDigest,
      Passes passes,
      int threads) {}

  /**
   * @param listener told of each trial
   */
  public Optimizer(Work work, ArtifactCache cache, Evaluator evaluator, Consumer<Trial> listener) {
    this.source = work.source();
    this.digest = work.digest();
    this.importance = work.importance();
    this.importanceDigest = work.importanceDigest();
    this.threads = work.threads();
    this.passes = work.passes();
    this.cache = cache;
    this.evaluator = evaluator;
    this.listener = listener;
  }

  /**
   * Tries what a search proposes; when the limits do not hold for what is otherwise best, its most
   * hurt blocks get their precision back step by step.
   *
   * @throws IOException when an artifact cannot be written or read
   */
  public OptimizeResult run(Search search, Objective objective) throws IOException {
    for (var next = search.next(); next.isPresent(); next = search.next()) {
      search.learn(attempt(next.get()).map(Trial::measured).orElse(Measurement.WORST));
    }
    Optional<Trial> best = best(objective);
    for (Trial candidate : passes.restore() ? worthRaising(objective, best) : List.<Trial>of()) {
      List<Integer> hurt = evaluator.mostHurt(candidate.artifact());
      for (int step = 0; step < AccuracyControl.steps() && !hurt.isEmpty(); step++) {
        Optional<Trial> raised = attempt(AccuracyControl.step(candidate.recipe(), hurt, step));
        if (raised.filter(trial -> objective.met(trial.measured())).isPresent()) {
          break;
        }
      }
    }
    Optional<Trial> chosen = best(objective);
    return new OptimizeResult(
        trials,
        rejected,
        chosen,
        chosen.filter(trial -> objective.met(trial.measured())).isPresent());
  }

  private Optional<Trial> best(Objective objective) {
    Trial best = null;
    for (Trial trial : trials) {
      if (best == null || objective.prefers(trial.measured(), best.measured())) {
        best = trial;
      }
    }
    return Optional.ofNullable(best);
  }

  /** The trial that would be best if its limits held: more precision may make them hold. */
  private List<Trial> worthRaising(Objective objective, Optional<Trial> best) {
    Metric metric = objective.best();
    if (metric == Metric.ACCURACY || metric == Metric.DIVERGENCE) {
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
  private static boolean limitsOfQuality(Objective objective, Trial trial) {
    return objective.limits().stream()
        .filter(limit -> !limit.holds(trial.measured()))
        .allMatch(
            limit -> limit.metric() == Metric.ACCURACY || limit.metric() == Metric.DIVERGENCE);
  }

  /** Makes, checks and measures; empty when a pass broke a tensor. */
  private Optional<Trial> attempt(Recipe recipe) throws IOException {
    String key =
        ArtifactCache.key(
            VERSION, digest, recipe.canonical(), recipe.weighted() ? importanceDigest : "");
    Path artifact = cache.file(key, ".gguf", target -> quantize(recipe, target));
    Discrepancy discrepancy =
        Discrepancy.read(
            cache.file(key, ".weights", target -> Discrepancy.of(source, artifact).write(target)));
    if (!discrepancy.within(passes.leastSignal())) {
      rejected.add(new Rejected(recipe, discrepancy));
      return Optional.empty();
    }
    String measuredKey = ArtifactCache.key(key, evaluator.identity());
    Optional<Measurement> kept = cache.measurement(measuredKey);
    Measurement measured = kept.isPresent() ? kept.get() : evaluator.measure(artifact);
    if (kept.isEmpty()) {
      cache.keep(measuredKey, recipe, measured);
    }
    Trial trial = new Trial(recipe, artifact, discrepancy, measured, kept.isPresent());
    trials.add(trial);
    listener.accept(trial);
    return Optional.of(trial);
  }

  private void quantize(Recipe recipe, Path target) throws IOException {
    var options =
        new QuantizeOptions(
            recipe.types(),
            recipe.weighted() ? importance : Optional.empty(),
            provenance(recipe),
            new TreeSet<>(),
            false,
            passes.allowRequantize(),
            true,
            threads);
    GgufQuantizer.quantize(source, target, options, QuantizeListener.NONE);
  }

  /** What the artifact was made of, in its metadata. */
  private List<MetadataOverride> provenance(Recipe recipe) {
    List<MetadataOverride> values = new ArrayList<>();
    values.add(new MetadataOverride.Text("gatun.provenance.source.sha256", digest));
    values.add(new MetadataOverride.Text("gatun.provenance.recipe", recipe.canonical()));
    if (recipe.weighted()) {
      values.add(new MetadataOverride.Text("gatun.provenance.imatrix.sha256", importanceDigest));
    }
    return values;
  }
}
