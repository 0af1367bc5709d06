package dev.gatun.testkit.fuzz;

import dev.gatun.graph.pass.GraphPrinter;
import dev.gatun.testkit.Scenario;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/** Compares a device with the reference on random graphs and reports failures as small ones. */
public final class Fuzzer {
  private final Consumer<Scenario> check;

  /**
   * @param check runs a scenario on the device and throws when it fails
   */
  public Fuzzer(Consumer<Scenario> check) {
    this.check = check;
  }

  /** The graph of a seed without ops of the given types. */
  public static Scenario scenario(long seed, Set<String> excludedOps) {
    return new RandomGraph(seed, excludedOps).scenario();
  }

  /**
   * Runs a scenario.
   *
   * @throws AssertionError with the seed, the smallest graph that still fails, and its failure
   */
  public void run(long seed, Scenario scenario) {
    Optional<Throwable> failure = failure(scenario);
    if (failure.isEmpty()) {
      return;
    }
    Scenario small = new Shrinker(each -> failure(each).isPresent(), seed).shrink(scenario);
    Throwable last = failure(small).orElse(failure.get());
    throw new AssertionError(
        "seed %d: %s%nafter shrinking: %s%n%s%d steps of %s tokens"
            .formatted(
                seed,
                failure.get(),
                last,
                GraphPrinter.print(small.graph()),
                small.steps().size(),
                small.steps().stream().map(step -> step.tokens().size()).toList()),
        last);
  }

  // A device that crashes on a graph has failed as one that computes wrongly has.
  private Optional<Throwable> failure(Scenario scenario) {
    try {
      check.accept(scenario);
      return Optional.empty();
    } catch (RuntimeException | AssertionError e) {
      return Optional.of(e);
    }
  }
}
