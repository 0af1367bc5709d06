package dev.gatun.pipelines;

import dev.gatun.formats.ModelFiles;
import dev.gatun.graph.ModelSource;
import dev.gatun.models.arch.Architectures;
import dev.gatun.models.arch.BuildOptions;
import dev.gatun.models.arch.ModelGraph;
import dev.gatun.models.chat.ChatTemplate;
import dev.gatun.models.tokenizer.Tokenizer;
import dev.gatun.models.tokenizer.Tokenizers;
import dev.gatun.runtime.GatunRuntime;
import dev.gatun.runtime.plan.Plan;
import dev.gatun.runtime.plan.PlanRequest;
import dev.gatun.runtime.session.CompiledPlan;
import dev.gatun.runtime.session.Session;
import dev.gatun.runtime.spi.CompileOptions;
import dev.gatun.runtime.spi.SessionOptions;
import dev.gatun.runtime.store.LocatedModel;
import dev.gatun.runtime.tune.Tuning;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * A model that is ready to run: its file mapped, its tokenizer built, its graph planned and
 * compiled. What pipelines stand on.
 *
 * <p>Thread-safe; sessions are not. Owns the file and the plan, not the runtime.
 */
public final class LanguageModel implements AutoCloseable {
  private final ModelSource source;
  private final ModelGraph model;
  private final CompletableFuture<Tokenizer> tokenizer;
  private final CompletableFuture<ChatTemplate> template;
  private final CompiledPlan plan;
  private final LoadOptions options;
  private volatile Set<String> controlTexts;

  private LanguageModel(
      ModelSource source,
      ModelGraph model,
      CompletableFuture<Tokenizer> tokenizer,
      CompletableFuture<ChatTemplate> template,
      CompiledPlan plan,
      LoadOptions options) {
    this.source = source;
    this.model = model;
    this.tokenizer = tokenizer;
    this.template = template;
    this.plan = plan;
    this.options = options;
  }

  /**
   * Loads a model of this machine. Tokenizer and chat template are built beside the compilation,
   * and the backends probed beside the reading.
   *
   * @throws dev.gatun.tensor.GatunException of kind MODEL when the file is not a model that Gatun
   *     knows, of kind BACKEND_UNAVAILABLE when the policy cannot be kept
   */
  public static LanguageModel load(
      GatunRuntime runtime, LocatedModel located, LoadOptions options) {
    // What is wrong with it is said when it is planned.
    CompletableFuture<Void> probe =
        CompletableFuture.runAsync(
            () -> runtime.probe(options.policy()), Thread::startVirtualThread);
    try {
      return load(runtime, located, options, ModelFiles.open(located.paths(), located.name()));
    } catch (RuntimeException e) {
      // The caller may close the runtime at once.
      probe.exceptionally(_ -> null).join();
      throw e;
    }
  }

  private static LanguageModel load(
      GatunRuntime runtime, LocatedModel located, LoadOptions options, ModelSource source) {
    try {
      CompletableFuture<Tokenizer> tokenizer =
          CompletableFuture.supplyAsync(() -> Tokenizers.from(source.metadata()));
      CompletableFuture<ChatTemplate> template =
          CompletableFuture.supplyAsync(() -> ChatTemplate.from(source.metadata()));
      LoadOptions own = withBatch(options);
      ModelGraph model = build(source, own);
      Plan plan = runtime.plan(request(model, located, own));
      CompileOptions compile =
          CompileOptions.DEFAULT
              .withProfile(options.profile())
              .withDeterministic(options.deterministic());
      CompiledPlan compiled = runtime.compile(plan, compile);
      LoadOptions used = options.batch() == 0 ? withBlock(own, plan) : own;
      return new LanguageModel(source, model, tokenizer, template, compiled, used);
    } catch (RuntimeException e) {
      source.close();
      throw e;
    }
  }

  /**
   * Positions of one sequence that {@link #load} would give: reads the model's header, and loads
   * nothing.
   */
  public static int contextLength(LocatedModel located, LoadOptions options) {
    if (options.context() > 0) {
      return options.context();
    }
    try (ModelSource source = ModelFiles.open(located.paths(), located.name())) {
      return build(source, withBatch(options)).contextLength();
    }
  }

  static PlanRequest request(ModelGraph model, LocatedModel located, LoadOptions options) {
    PlanRequest request =
        PlanRequest.of(model.graph(), sessionOptions(model, options))
            .withPolicy(options.policy())
            .withTuned(options.tuned());
    // With adapters it is another model than the file's.
    return located
        .digest()
        .filter(_ -> options.adapters().isEmpty())
        .map(request::withModelDigest)
        .orElse(request);
  }

  /** With a batch that is a number. */
  static LoadOptions withBatch(LoadOptions options) {
    return options.batch() == 0 ? options.withBatch(LoadOptions.DEFAULT_BATCH) : options;
  }

  /** With the tuned size of blocks, as far as what else was asked for fits. */
  private static LoadOptions withBlock(LoadOptions options, Plan plan) {
    int tuned = plan.tuned().tuning().map(Tuning::block).orElse(OptionalInt.empty()).orElse(0);
    int least = Math.max(options.rows(), options.sequences());
    return tuned == 0
        ? options
        : options.withBatch(Math.min(options.batch(), Math.max(tuned, least)));
  }

  static ModelGraph build(ModelSource source, LoadOptions options) {
    BuildOptions build =
        BuildOptions.defaults()
            .withBatch(options.batch(), Math.min(options.rows(), options.batch()))
            .withStateType(options.stateType())
            .withAdapters(options.adapters());
    if (options.context() > 0) {
      return Architectures.build(source, build.withContextLength(options.context()));
    }
    ModelGraph model = Architectures.build(source, build);
    return model.contextLength() <= LoadOptions.DEFAULT_CONTEXT
        ? model
        : Architectures.build(source, build.withContextLength(LoadOptions.DEFAULT_CONTEXT));
  }

  private static SessionOptions sessionOptions(ModelGraph model, LoadOptions options) {
    return new SessionOptions(
        options.sequences(),
        Math.multiplyExact(options.sequences(), model.contextLength()),
        options.batch(),
        Math.min(options.rows(), options.batch()));
  }

  /** Metadata and tensors. */
  public ModelSource source() {
    return source;
  }

  public ModelGraph model() {
    return model;
  }

  /**
   * The tokenizer.
   *
   * @throws dev.gatun.models.tokenizer.TokenizerException when the model has none that is known
   */
  public Tokenizer tokenizer() {
    return joined(tokenizer);
  }

  /**
   * The chat template.
   *
   * @throws dev.gatun.models.chat.ChatTemplateException when the model has none, or a broken one
   */
  public ChatTemplate chatTemplate() {
    return joined(template);
  }

  /** Texts of the tokenizer's control tokens. */
  Set<String> controlTexts() {
    Set<String> texts = controlTexts;
    if (texts == null) {
      // Two threads may both collect them; either result will do.
      texts = tokenizer().controlTexts();
      controlTexts = texts;
    }
    return texts;
  }

  private static <T> T joined(CompletableFuture<T> future) {
    try {
      return future.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof RuntimeException known) {
        throw known;
      }
      throw e;
    }
  }

  public CompiledPlan plan() {
    return plan;
  }

  public LoadOptions options() {
    return options;
  }

  /** Positions that one sequence can hold. */
  public int contextLength() {
    return model.contextLength();
  }

  /** Opens a session for as many sequences as the model was loaded for; the caller closes it. */
  public Session newSession() {
    return plan.newSession(sessionOptions(model, options));
  }

  /** Closes sessions, plan and file. Idempotent. */
  @Override
  public void close() {
    plan.close();
    source.close();
  }
}
