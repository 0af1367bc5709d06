package dev.gatun.quantize.observe;

import dev.gatun.graph.Graph;
import dev.gatun.graph.ModelSource;
import dev.gatun.models.arch.Architectures;
import dev.gatun.models.arch.BuildOptions;
import dev.gatun.models.arch.ModelGraph;
import dev.gatun.models.eval.ForwardPass;
import dev.gatun.runtime.GatunRuntime;
import dev.gatun.runtime.plan.Explanation;
import dev.gatun.runtime.plan.Plan;
import dev.gatun.runtime.plan.PlanRequest;
import dev.gatun.runtime.session.CompiledPlan;
import dev.gatun.runtime.session.RowOutput;
import dev.gatun.runtime.session.Session;
import dev.gatun.runtime.spi.Batch;
import dev.gatun.runtime.spi.CompileOptions;
import dev.gatun.runtime.spi.SessionOptions;
import dev.gatun.runtime.spi.Tunable;
import dev.gatun.tensor.GatunException;
import dev.gatun.tensor.GatunException.Kind;
import dev.gatun.tensor.Tensor;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * A decoder that shows values from within its graph ({@link #read}), or only its outputs ({@link
 * #run}). Owns its plan and session, not the model's file; used by one thread.
 */
public final class ObservedDecoder implements ForwardPass, AutoCloseable {
  private static final int SEQUENCE = 0;

  /** Reads values after a batch. */
  public interface Visitor {
    /**
     * Called after each batch.
     *
     * @param values the observed values and the output, by name; views that are valid during the
     *     call
     * @param first position of the batch's first token
     * @param tokens tokens of the batch
     */
    void batch(Function<String, Tensor> values, int first, int tokens);
  }

  private final ModelGraph model;
  private final CompiledPlan plan;
  private final Session session;
  private final Batch batch;
  private final int batchSize;
  private final int window;
  private final Map<String, String> choices;

  private ObservedDecoder(
      ModelGraph model,
      CompiledPlan plan,
      Session session,
      ObserveOptions options,
      Map<String, String> choices) {
    this.model = model;
    this.plan = plan;
    this.session = session;
    this.batch = new Batch(options.batch());
    this.batchSize = options.batch();
    this.window = options.window();
    this.choices = Collections.unmodifiableMap(choices);
  }

  /**
   * Builds, plans and compiles.
   *
   * @param digest SHA-256 of the model's file, where it is known
   * @param observe which values of the graph shall be readable, by name
   * @throws GatunException of kind USAGE when the model is no decoder, of kind BACKEND_UNAVAILABLE
   *     when the policy cannot be kept
   */
  public static ObservedDecoder open(
      GatunRuntime runtime,
      ModelSource source,
      Optional<String> digest,
      ObserveOptions options,
      Function<Graph, Set<String>> observe) {
    BuildOptions build =
        BuildOptions.defaults()
            .withBatch(options.batch(), options.batch())
            .withStateType(options.stateType())
            .withContextLength(options.window())
            .withHead(options.logits() ? BuildOptions.Head.NATIVE : BuildOptions.Head.HIDDEN);
    ModelGraph model = Architectures.build(source, build);
    if (!model.causal()) {
      throw new GatunException(
          Kind.USAGE,
          "%s is an encoder (%s); only models that write text can be observed while they read one"
              .formatted(source.name(), model.architecture()));
    }
    SessionOptions session =
        new SessionOptions(1, options.window(), options.batch(), options.batch());
    // What was tuned holds for another graph: this one shows more.
    PlanRequest request =
        PlanRequest.of(model.graph(), session).withPolicy(options.policy()).withTuned(false);
    PlanRequest known = digest.map(request::withModelDigest).orElse(request);
    CompileOptions compile = CompileOptions.DEFAULT.withObserve(observe.apply(model.graph()));
    Plan planned = runtime.plan(known);
    Map<String, String> choices = options.exact() ? exact(planned) : Map.of();
    CompiledPlan plan = runtime.compile(planned, compile.withChoices(choices));
    try {
      return new ObservedDecoder(model, plan, plan.newSession(session), options, choices);
    } catch (RuntimeException e) {
      plan.close();
      throw e;
    }
  }

  /** Of each choice of arithmetic that the devices leave open, the exact value. */
  private static Map<String, String> exact(Plan plan) {
    Map<String, String> choices = new TreeMap<>();
    for (Plan.Assignment slice : plan.slices()) {
      for (Tunable tunable : slice.device().tunables(slice.slice().graph())) {
        tunable.exact().ifPresent(value -> choices.put(tunable.name(), value));
      }
    }
    return choices;
  }

  /** The model that is run. */
  public ModelGraph model() {
    return model;
  }

  /** The devices that run it. */
  public List<String> devices() {
    return plan.explain().devices().stream().map(Explanation.DeviceLine::device).toList();
  }

  /** Choices of arithmetic that were made for {@link ObserveOptions#exact}, by name; in order. */
  public Map<String, String> choices() {
    return choices;
  }

  /** Most tokens of a text. */
  public int window() {
    return window;
  }

  /** Most tokens of one batch. */
  public int batch() {
    return batchSize;
  }

  /** Seconds that compiling took. */
  public double compileSeconds() {
    return plan.compileSeconds();
  }

  /**
   * Reads a text from nothing. All rows of a batch are wanted, so that the last block is run for
   * every token too.
   *
   * @param tokens at most the window that it was opened for
   */
  public void read(int[] tokens, Visitor visitor) {
    forget(SEQUENCE);
    session.openSequence(SEQUENCE);
    for (int start = 0; start < tokens.length; start += batchSize) {
      int end = Math.min(tokens.length, start + batchSize);
      batch.clear();
      for (int i = start; i < end; i++) {
        batch.add(tokens[i], i, SEQUENCE, true);
      }
      session.run(batch);
      visitor.batch(session::tensor, start, end - start);
    }
  }

  @Override
  public float[][] run(int[] tokens, int[] positions, int[] sequences, int[] rows) {
    batch.clear();
    int next = 0;
    for (int i = 0; i < tokens.length; i++) {
      if (!session.isOpen(sequences[i])) {
        session.openSequence(sequences[i]);
      }
      boolean wanted = next < rows.length && rows[next] == i;
      next += wanted ? 1 : 0;
      batch.add(tokens[i], positions[i], sequences[i], wanted);
    }
    session.run(batch);
    RowOutput output = session.output();
    float[][] result = new float[rows.length][output.columns()];
    for (int row = 0; row < rows.length; row++) {
      output.copyRow(row, result[row]);
    }
    return result;
  }

  @Override
  public void forget(int sequence) {
    if (session.isOpen(sequence)) {
      session.closeSequence(sequence);
    }
  }

  /** Idempotent. */
  @Override
  public void close() {
    session.close();
    plan.close();
  }
}
