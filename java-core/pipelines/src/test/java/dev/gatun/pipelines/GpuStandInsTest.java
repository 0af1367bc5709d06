package dev.gatun.pipelines;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.models.eval.Agreement;
import dev.gatun.models.eval.ReferenceCheck;
import dev.gatun.models.eval.ReferenceOutputs;
import dev.gatun.models.sampling.SamplerOptions;
import dev.gatun.runtime.BackendStatus;
import dev.gatun.runtime.BackendUnavailableException;
import dev.gatun.runtime.GatunRuntime;
import dev.gatun.runtime.plan.Policy;
import dev.gatun.runtime.session.Session;
import dev.gatun.runtime.store.LocatedModel;
import dev.gatun.tensor.DType;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Language models on the backends for GPUs, whole, over the drivers without a GPU (or real ones,
 * where settings name them): llama.cpp's logits for each architecture, and SmolLM2's tokens as
 * {@code vector} chooses them.
 */
class GpuStandInsTest {
  private static final double TOLERANCE = 2e-3;

  /** Products of many rows on tensor cores, which round their factors to half precision. */
  private static final double HALF_TOLERANCE = 1.5e-2;

  private static final double MARGIN = 4e-3;

  private static GatunRuntime runtime;

  @BeforeAll
  static void open() {
    runtime = Checkout.withStandIns(GatunRuntime.builder().offline(true)).build();
  }

  @AfterAll
  static void close() {
    runtime.close();
  }

  /** A model on a backend. */
  record Case(String backend, ReferenceOutputs reference) {
    @Override
    public String toString() {
      return reference.name() + " on " + backend;
    }
  }

  static List<Case> cases() throws IOException {
    List<Case> cases = new ArrayList<>();
    for (String backend : List.of("cuda", "metal")) {
      ArchitecturesOnDevicesTest.cases().forEach(one -> cases.add(new Case(backend, one)));
    }
    return cases;
  }

  private static LanguageModel load(String backend, LocatedModel model, LoadOptions options) {
    BackendStatus status = runtime.backend(backend);
    Assumptions.assumeTrue(status.able(), () -> "skipped: " + backend + ": " + status.reason());
    try {
      return LanguageModel.load(
          runtime, model, options.withPolicy(Policy.require(backend)).withTuned(false));
    } catch (BackendUnavailableException e) {
      return Assumptions.abort("refused: " + e.getMessage());
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void architecturesAgreeWithLlamaCpp(Case one) {
    ReferenceOutputs reference = one.reference();
    LoadOptions options =
        LoadOptions.DEFAULT
            .withContext(reference.contextLength())
            .withBatch(256)
            .withRows(256)
            .withSequences(reference.sequences().size())
            .withStateType(DType.F32);
    try (var model = load(one.backend(), LocatedModel.file(reference.model()), options);
        Session session = model.newSession()) {
      assertEquals(1, model.plan().explain().devices().size());
      double tolerance = roundsProducts(one, model) ? HALF_TOLERANCE : TOLERANCE;
      var check = new ReferenceCheck(new SessionPass(model, session), reference, MARGIN);
      if (reference.pooled()) {
        assertAgrees("pooled", check.pooledByMean(), tolerance);
        return;
      }
      assertAgrees("together", check.together(), tolerance);
      if (model.model().causal()) {
        assertAgrees("token by token", check.chunks(0, 1), TOLERANCE);
      }
    }
  }

  private static boolean roundsProducts(Case one, LanguageModel model) {
    return one.backend().equals("cuda")
        && model.model().graph().constants().stream()
            .anyMatch(constant -> constant.data().dtype() != DType.F32);
  }

  private static void assertAgrees(String how, Agreement agreement, double tolerance) {
    assertTrue(agreement.within(tolerance), () -> how + ": " + agreement);
  }

  @ParameterizedTest
  @ValueSource(strings = {"cuda", "metal"})
  void smolLm2ChoosesTheTokensOfVector(String backend) {
    Optional<LocatedModel> located = runtime.puller().locate("smollm2");
    Assumptions.assumeTrue(located.isPresent(), "skipped: scripts/gatun pull smollm2 gets it");
    List<float[]> expected = logits("vector", located.get());
    List<float[]> actual = logits(backend, located.get());
    for (int step = 0; step < expected.size(); step++) {
      float[] one = expected.get(step);
      float[] other = actual.get(step);
      assertEquals(largest(one), largest(other), "step " + step);
      double worst = 0;
      for (int i = 0; i < one.length; i++) {
        worst = Math.max(worst, Math.abs(one[i] - other[i]));
      }
      System.out.printf("SmolLM2 on %s, step %d: logits differ by %.2e%n", backend, step, worst);
      assertTrue(worst <= 0.02, "step %d: logits differ by %s".formatted(step, worst));
    }
  }

  /** Logits after a prompt, and after each of the tokens that they choose. */
  private static List<float[]> logits(String backend, LocatedModel located) {
    List<float[]> steps = new ArrayList<>();
    LoadOptions options = LoadOptions.DEFAULT.withContext(64).withBatch(16);
    try (LanguageModel model = load(backend, located, options);
        TextGeneration generation = TextGeneration.of(model);
        Session session = model.newSession()) {
      var pass = new SessionPass(model, session);
      int[] prompt = generation.tokens(Prompt.raw("The capital of France is"));
      int[] positions = new int[prompt.length];
      for (int i = 0; i < prompt.length; i++) {
        positions[i] = i;
      }
      int[] sequences = new int[prompt.length];
      steps.add(pass.run(prompt, positions, sequences, new int[] {prompt.length - 1})[0]);
      for (int i = 0; i < 4; i++) {
        int[] token = {largest(steps.getLast())};
        steps.add(pass.run(token, new int[] {prompt.length + i}, new int[1], new int[1])[0]);
      }
    }
    return steps;
  }

  /** Few logits come back where they are enough: the same text as by the whole row. */
  @ParameterizedTest
  @ValueSource(strings = {"cuda", "metal"})
  void tokensChosenOnTheDeviceAreThoseOfTheWholeRow(String backend) {
    LocatedModel model = LocatedModel.file(Checkout.architectures().resolve("llama-q4_k_m.gguf"));
    SamplerOptions options = SamplerOptions.DEFAULT.withSeed(3);
    // A penalty that changes nothing needs all logits.
    List<SamplerOptions> whole =
        List.of(
            SamplerOptions.GREEDY.withLogitBias(Map.of(0, 0f)),
            options.withLogitBias(Map.of(0, 0f)));
    List<SamplerOptions> few = List.of(SamplerOptions.GREEDY, options);
    LoadOptions load = LoadOptions.DEFAULT.withContext(64);
    try (LanguageModel loaded = load(backend, model, load)) {
      for (int i = 0; i < few.size(); i++) {
        assertEquals(
            tokens(loaded, whole.get(i)), tokens(loaded, few.get(i)), few.get(i).toString());
      }
    }
  }

  private static List<Integer> tokens(LanguageModel model, SamplerOptions options) {
    try (TextGeneration generation = TextGeneration.of(model)) {
      return generation
          .generate(
              Prompt.raw("once upon a time"),
              GenerationOptions.DEFAULT.withSampling(options).withMaxTokens(20),
              _ -> {})
          .tokens();
    }
  }

  private static int largest(float[] values) {
    int best = 0;
    for (int i = 1; i < values.length; i++) {
      best = values[i] > values[best] ? i : best;
    }
    return best;
  }
}
