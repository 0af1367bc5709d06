package dev.gatun.pipelines;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.gatun.runtime.GatunRuntime;
import dev.gatun.runtime.plan.Policy;
import dev.gatun.runtime.store.LocatedModel;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What a session computes is the same, bit for bit, for every number of worker threads; and in
 * deterministic mode for every batch that a sequence is part of.
 */
class SameBitsTest {
  /** Enough positions that decoding splits its keys. */
  private static final int LONG = 333;

  /** Few enough that it does not. */
  private static final int SHORT = 150;

  private static final int SEQUENCES = 8;
  private static final int STEPS = 3;

  private static GatunRuntime[] runtimes;

  /** A model on a backend. */
  record Case(String model, String backend) {
    @Override
    public String toString() {
      return model + " on " + backend;
    }
  }

  @BeforeAll
  static void open() {
    runtimes = new GatunRuntime[4];
    for (int i = 0; i < runtimes.length; i++) {
      runtimes[i] =
          Checkout.withStandIns(GatunRuntime.builder().offline(true).threads(i + 1)).build();
    }
  }

  @AfterAll
  static void close() {
    for (GatunRuntime runtime : runtimes) {
      runtime.close();
    }
  }

  /** F32, F16, blocks, experts, windows and soft caps, compressed keys, layer normalization. */
  static List<Case> cases() {
    List<Case> cases = new ArrayList<>();
    for (String backend : List.of("vector", "cpu")) {
      for (String model :
          List.of(
              "llama",
              "llama-f16",
              "llama-q4_k_m",
              "qwen3-q8_0",
              "llama-moe",
              "gemma2",
              "deepseek2",
              "starcoder2")) {
        cases.add(new Case(model, backend));
      }
    }
    return cases;
  }

  static List<Case> nativeCases() {
    return cases().stream().filter(one -> one.backend().equals("cpu")).toList();
  }

  static List<Case> stored() {
    return List.of(new Case("smollm2", "vector"), new Case("smollm2", "cpu"));
  }

  private static LanguageModel load(Case one, int threads, boolean deterministic) {
    GatunRuntime runtime = runtimes[threads - 1];
    Assumptions.assumeTrue(
        runtime.backend(one.backend()).able(),
        () -> "skipped: " + runtime.backend(one.backend()).reason());
    Optional<LocatedModel> located =
        one.model().equals("smollm2")
            ? runtime.puller().locate("smollm2")
            : Optional.of(
                LocatedModel.file(Checkout.architectures().resolve(one.model() + ".gguf")));
    Assumptions.assumeTrue(
        located.isPresent(), "skipped: smollm2 is not stored; scripts/gatun pull smollm2 gets it");
    LoadOptions options =
        LoadOptions.DEFAULT
            .withPolicy(Policy.require(one.backend()))
            .withContext(512)
            .withSequences(SEQUENCES)
            .withDeterministic(deterministic);
    return LanguageModel.load(runtime, located.get(), options);
  }

  private static void assertSame(List<int[]> expected, List<int[]> actual, String how) {
    assertEquals(expected.size(), actual.size(), how);
    for (int i = 0; i < expected.size(); i++) {
      assertArrayEquals(expected.get(i), actual.get(i), how + ", row " + i);
    }
  }

  /** Odd prefills, decoding alone and together, at contexts that are split and that are not. */
  private static List<int[]> everything(LanguageModel model) {
    try (var walk = new Walk(model)) {
      walk.prompt(0, LONG, 101).prompt(1, 1, 1).prompt(2, 7, 7).prompt(3, SHORT, 64);
      for (int step = 0; step < STEPS; step++) {
        walk.add(0, 1, true).run();
        walk.add(0, 1, true).add(1, 1, true).add(2, 1, true).add(3, 1, true).add(4, 5, true).run();
      }
      return walk.rows();
    }
  }

  private static void anyThreads(Case one) {
    List<int[]> expected;
    try (LanguageModel model = load(one, 1, false)) {
      expected = everything(model);
    }
    for (int threads = 2; threads <= runtimes.length; threads++) {
      try (LanguageModel model = load(one, threads, false)) {
        assertSame(expected, everything(model), threads + " threads");
      }
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void anyNumberOfThreadsGivesTheSameBits(Case one) {
    anyThreads(one);
  }

  @ParameterizedTest
  @MethodSource("stored")
  void anyNumberOfThreadsGivesTheSameBitsOfAWholeModel(Case one) {
    anyThreads(one);
  }

  /** A prompt in pieces, then its next tokens one at a time. */
  private static List<int[]> alone(LanguageModel model, int prompt, int piece) {
    try (var walk = new Walk(model)) {
      walk.prompt(0, prompt, piece);
      for (int step = 0; step < STEPS; step++) {
        walk.add(0, 1, true).run();
      }
      return walk.rows();
    }
  }

  /** The same among others, before and behind it, which read prompts and decode meanwhile. */
  private static List<int[]> among(LanguageModel model, int prompt, int others) {
    try (var walk = new Walk(model)) {
      int half = prompt / 2;
      walk.add(1, 5, false).add(0, half, false).run();
      for (int other = 2; other <= others; other++) {
        walk.add(other, 3 * other, false);
      }
      walk.add(0, prompt - half, true).add(1, 40, false).run();
      for (int step = 0; step < STEPS; step++) {
        for (int other = 1; other <= others; other++) {
          if (other == others / 2 + 1) {
            walk.add(0, 1, true);
          }
          walk.add(other, other == 1 && step == 1 ? 33 : 1, false);
        }
        walk.run();
      }
      return walk.rows();
    }
  }

  private static void anyBatch(LanguageModel model, int prompt, int[] pieces, int[] others) {
    List<int[]> expected = alone(model, prompt, prompt);
    for (int piece : pieces) {
      assertSame(expected, alone(model, prompt, piece), "in pieces of " + piece);
    }
    for (int count : others) {
      assertSame(expected, among(model, prompt, count), "among " + count + " others");
    }
  }

  private static void anyBatch(LanguageModel model, int prompt) {
    anyBatch(model, prompt, new int[] {1, 3, 20, 64, 129}, new int[] {1, 2, 3, 5, 7});
  }

  @ParameterizedTest
  @MethodSource("cases")
  void deterministicModeGivesTheSameBitsInEveryBatch(Case one) {
    try (LanguageModel model = load(one, 2, true)) {
      anyBatch(model, LONG);
    }
  }

  @ParameterizedTest
  @MethodSource("stored")
  void deterministicModeGivesTheSameBitsOfAWholeModelInEveryBatch(Case one) {
    try (LanguageModel model = load(one, 2, true)) {
      anyBatch(model, LONG, new int[] {129}, new int[] {7});
    }
  }

  static List<Case> gpuCases() {
    List<Case> cases = new ArrayList<>();
    for (String model : List.of("llama-q4_k_m", "llama-moe", "gemma2")) {
      cases.add(new Case(model, "cuda"));
      cases.add(new Case(model, "metal"));
    }
    return cases;
  }

  /** Enough positions that a GPU that may do so divides them; few batches, for it is emulated. */
  @ParameterizedTest
  @MethodSource("gpuCases")
  void deterministicModeGivesTheSameBitsInEveryBatchOnGpus(Case one) {
    try (LanguageModel model = load(one, 2, true)) {
      anyBatch(model, LONG, new int[] {20, 129}, new int[] {3});
    }
  }

  /** The native products never depend on the batch; only split keys do. */
  @ParameterizedTest
  @MethodSource("nativeCases")
  void nativeKernelsGiveTheSameBitsInEveryBatchWhereNoKeysAreSplit(Case one) {
    try (LanguageModel model = load(one, 2, false)) {
      anyBatch(model, SHORT);
    }
  }
}
