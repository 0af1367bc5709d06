package dev.gatun.runtime.session;

import dev.gatun.graph.Graph;
import dev.gatun.graph.GraphException;
import dev.gatun.graph.Value;
import dev.gatun.runtime.plan.Plan;
import dev.gatun.runtime.plan.PlanRequest;
import dev.gatun.runtime.plan.TrialRunner;
import dev.gatun.runtime.spi.BackendException;
import dev.gatun.runtime.spi.Batch;
import dev.gatun.runtime.spi.CompileOptions;
import dev.gatun.runtime.spi.Finding;
import dev.gatun.runtime.spi.SessionOptions;
import dev.gatun.tensor.DType;
import dev.gatun.tensor.Shape;
import dev.gatun.tensor.Tensor;
import java.lang.foreign.Arena;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/**
 * Compiles a plan of one device and runs it for a moment: a prompt of a few tokens and single
 * tokens after it, or the whole graph on zeros. The figure is the time of a prompt of {@value
 * #PROMPT} tokens and {@value #PROMPT} tokens after it.
 */
public final class SessionTrial implements TrialRunner {
  private static final int PROMPT = 32;
  private static final int STEPS = 4;

  /** How long a trial goes on, at least: the JVM compiles kernels while they run. */
  private static final long SETTLED = 400_000_000L;

  /** Rounds that a trial takes, at least. */
  private static final int ROUNDS = 2;

  private static final String TASK = "a prompt of " + PROMPT + " tokens and as many after it";

  /** A trial that forgets; see {@link CachedTrials}. */
  public SessionTrial() {}

  @Override
  public Trial run(Plan plan, long enough) {
    try (CompiledPlan compiled = CompiledPlan.compile(plan, CompileOptions.DEFAULT, _ -> {})) {
      Graph graph = plan.request().graph();
      boolean language =
          !graph.states().isEmpty() && graph.inputs().stream().anyMatch(Batch::feeds);
      return language
          ? language(compiled, plan.request(), enough)
          : outcome("one run: %.0f ms", once(compiled, plan.request()), 1);
    } catch (BackendException | GraphException e) {
      // A graph may refuse what it is tried on: zeros are not what it was made for.
      return new Trial(
          Finding.bad(Finding.Stage.MEASURED, "its trial failed: " + e.getMessage(), "", e), 0);
    }
  }

  /**
   * @param scale how often the time in the words is in the time that is compared
   */
  private static Trial outcome(String words, long nanoseconds, int scale) {
    String reason = String.format(Locale.ROOT, words, nanoseconds / 1e6);
    return new Trial(Finding.good(Finding.Stage.MEASURED, reason), scale * nanoseconds);
  }

  private static Trial language(CompiledPlan compiled, PlanRequest request, long enough) {
    int positions = request.session().positions();
    int prompt = Math.max(1, Math.min(PROMPT, positions / 2));
    SessionOptions options =
        new SessionOptions(
            1, Math.min(positions, 2 * PROMPT), Math.min(prompt, request.session().batch()), 1);
    try (Session session = compiled.newSession(options)) {
      session.openSequence(0);
      Batch one = new Batch(1);
      long first = step(session, one, 0);
      // A device this slow has lost, whatever a longer trial would say.
      if (first / 8 * PROMPT > enough) {
        return outcome("stopped after its first token, which took %.0f ms", first, 2 * PROMPT);
      }
      Batch many = new Batch(prompt);
      long prefill = Long.MAX_VALUE;
      long decode = first;
      long began = System.nanoTime();
      for (int round = 0; isUnsettled(round, began); round++) {
        session.closeSequence(0);
        session.openSequence(0);
        many.clear();
        for (int token = 0; token < prompt; token++) {
          many.add(0, token, 0, token == prompt - 1);
        }
        long start = System.nanoTime();
        session.run(many);
        prefill = Math.min(prefill, System.nanoTime() - start);
        for (int i = 0; i < STEPS && prompt + i < options.positions(); i++) {
          decode = Math.min(decode, step(session, one, prompt + i));
        }
      }
      long perPrompt = prefill * PROMPT / prompt;
      return outcome(TASK + ": %.0f ms", perPrompt + PROMPT * decode, 1);
    }
  }

  private static boolean isUnsettled(int round, long began) {
    return round < ROUNDS || System.nanoTime() - began < SETTLED;
  }

  private static long step(Session session, Batch batch, int position) {
    batch.clear();
    batch.add(0, position, 0, true);
    long start = System.nanoTime();
    session.run(batch);
    return System.nanoTime() - start;
  }

  private static long once(CompiledPlan compiled, PlanRequest request) {
    Map<String, Long> sizes = new HashMap<>(request.typicalSizes());
    int tokens = 0;
    for (Value input : request.graph().inputs()) {
      if (Batch.feeds(input) && input.name().equals(Batch.TOKENS)) {
        tokens = (int) input.type().resolve(sizes).elements();
      }
    }
    try (Arena arena = Arena.ofConfined();
        Session session = compiled.newSession(request.session())) {
      Batch batch = new Batch(tokens);
      for (int i = 0; i < tokens; i++) {
        batch.add(0, i, 0, i < request.session().rows());
      }
      for (Value input : request.graph().inputs()) {
        if (!Batch.feeds(input)) {
          DType dtype = input.type().dtype();
          Shape shape = input.type().resolve(sizes);
          batch.set(
              input.name(),
              new Tensor(dtype, shape, arena.allocate(dtype.byteSize(shape.elements()), 64)));
        }
      }
      long best = Long.MAX_VALUE;
      long began = System.nanoTime();
      for (int round = 0; isUnsettled(round, began); round++) {
        long start = System.nanoTime();
        session.run(batch);
        best = Math.min(best, System.nanoTime() - start);
      }
      return best;
    }
  }
}
