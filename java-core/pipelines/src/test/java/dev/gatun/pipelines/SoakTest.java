package dev.gatun.pipelines;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.models.sampling.SamplerOptions;
import dev.gatun.runtime.GatunRuntime;
import dev.gatun.runtime.plan.Policy;
import dev.gatun.runtime.session.Session;
import dev.gatun.runtime.spi.Batch;
import dev.gatun.runtime.store.LocatedModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Long use of one process: heap, resident memory, mappings and threads stay what they are. Runs
 * with {@code scripts/test --all}; skipped, saying so, otherwise.
 */
class SoakTest {
  private static final int SEQUENCES = 4;
  private static final int CONTEXT = 192;
  private static final long MIB = 1 << 20;
  private static final Path MODEL = Checkout.architectures().resolve("llama.gguf");

  /** Set by {@code scripts/test --all}: how many times the usual rounds a test makes. */
  private static final int EFFORT = Integer.getInteger("gatun.test.effort", 1);

  @BeforeAll
  static void onlyWhenAsked() {
    Assumptions.assumeTrue(EFFORT > 1, "skipped: long; scripts/test --all runs it");
  }

  /** What a process holds. Zero for what this system does not tell. */
  private record Footprint(long heap, long resident, long mappings, long threads) {
    static Footprint now() throws IOException {
      Runtime runtime = Runtime.getRuntime();
      long used = Long.MAX_VALUE;
      for (int i = 0; i < 4; i++) {
        System.gc();
        used = Math.min(used, runtime.totalMemory() - runtime.freeMemory());
      }
      return new Footprint(
          used, status("VmRSS:") * 1024, lines(Path.of("/proc/self/maps")), status("Threads:"));
    }

    private static long lines(Path file) throws IOException {
      return Files.exists(file) ? Files.readAllLines(file).size() : 0;
    }

    private static long status(String name) throws IOException {
      Path file = Path.of("/proc/self/status");
      if (!Files.exists(file)) {
        return 0;
      }
      return Files.readAllLines(file).stream()
          .filter(line -> line.startsWith(name))
          .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
          .findFirst()
          .orElse(0);
    }

    /** The JVM itself still compiles and resizes: some slack, far less than a leak would take. */
    void assertSteadySince(Footprint before) {
      String both = before + " -> " + this;
      System.out.println("soak: " + both);
      assertTrue(heap < before.heap + 4 * MIB, "heap: " + both);
      assertTrue(resident < before.resident + 48 * MIB, "resident memory: " + both);
      assertTrue(mappings < before.mappings + 64, "mappings: " + both);
      assertTrue(threads <= before.threads + 4, "threads: " + both);
    }
  }

  private static LanguageModel load(GatunRuntime runtime) {
    LoadOptions options =
        LoadOptions.DEFAULT
            .withPolicy(Policy.require("vector"))
            .withContext(CONTEXT)
            .withBatch(32)
            .withSequences(SEQUENCES);
    return LanguageModel.load(runtime, LocatedModel.file(MODEL), options);
  }

  @Test
  void sequencesComeAndGo() throws IOException {
    try (GatunRuntime runtime = GatunRuntime.open();
        LanguageModel model = load(runtime);
        Session session = model.newSession()) {
      var use = new Use(session, model.model().vocabularySize());
      use.tokens(2_000L * EFFORT);
      Footprint before = Footprint.now();
      use.tokens(6_000L * EFFORT);
      Footprint.now().assertSteadySince(before);
    }
  }

  /** Random work on a session: prompts, steps of several sequences together, cuts, forks, ends. */
  private static final class Use {
    private final SplittableRandom random = new SplittableRandom(17);
    private final Session session;
    private final int vocabulary;
    private final Batch batch = new Batch(32);
    private final float[] row;

    Use(Session session, int vocabulary) {
      this.session = session;
      this.vocabulary = vocabulary;
      row = new float[vocabulary];
    }

    void tokens(long count) {
      for (long done = 0; done < count; ) {
        int sequence = random.nextInt(SEQUENCES);
        if (!session.isOpen(sequence)) {
          session.openSequence(sequence);
        }
        int positions = session.positions(sequence);
        switch (random.nextInt(12)) {
          case 0 -> session.closeSequence(sequence);
          case 1 -> session.truncate(sequence, positions / 2);
          case 2 -> fork(sequence);
          case 3 -> done += feed(sequence, 1 + random.nextInt(32));
          default -> done += step();
        }
      }
    }

    private void fork(int source) {
      int target = (source + 1) % SEQUENCES;
      if (session.isOpen(target)) {
        session.closeSequence(target);
      }
      if (session.positions(source) > 0) {
        session.fork(source, target);
      }
    }

    private int feed(int sequence, int tokens) {
      int from = session.positions(sequence);
      if (from + tokens > CONTEXT) {
        session.closeSequence(sequence);
        return 0;
      }
      batch.clear();
      for (int i = 0; i < tokens; i++) {
        batch.add(random.nextInt(vocabulary), from + i, sequence, i == tokens - 1);
      }
      run();
      return tokens;
    }

    /** One token for each open sequence. */
    private int step() {
      batch.clear();
      int tokens = 0;
      for (int sequence = 0; sequence < SEQUENCES; sequence++) {
        if (session.isOpen(sequence) && session.positions(sequence) < CONTEXT) {
          batch.add(random.nextInt(vocabulary), session.positions(sequence), sequence, true);
          tokens++;
        }
      }
      if (tokens > 0) {
        run();
      }
      return tokens;
    }

    private void run() {
      session.run(batch);
      session.output().copyRow(0, row);
      for (float logit : row) {
        assertTrue(Float.isFinite(logit));
      }
    }
  }

  @Test
  void answersBeyondTheContextGoOn() throws IOException {
    try (GatunRuntime runtime = GatunRuntime.open();
        LanguageModel model = load(runtime);
        TextGeneration generation = TextGeneration.of(model)) {
      GenerationOptions options =
          GenerationOptions.DEFAULT
              .withShift(true)
              .withSampling(SamplerOptions.DEFAULT.withSeed(5))
              .withMaxTokens(500);
      generation.generate(Prompt.raw("the fox"), options, _ -> {});
      Footprint before = Footprint.now();
      for (int i = 0; i < EFFORT; i++) {
        generation.generate(Prompt.raw("the fox " + i), options, _ -> {});
      }
      Footprint.now().assertSteadySince(before);
    }
  }

  @Test
  void modelsComeAndGo() throws IOException {
    try (GatunRuntime runtime = GatunRuntime.open()) {
      Footprint before = null;
      for (int i = 0; i < 5 * EFFORT; i++) {
        if (i == EFFORT) {
          before = Footprint.now();
        }
        try (LanguageModel model = load(runtime);
            TextGeneration generation = TextGeneration.of(model)) {
          generation.generate(
              Prompt.raw("hello"), GenerationOptions.DEFAULT.withMaxTokens(4), _ -> {});
        }
      }
      Footprint.now().assertSteadySince(before);
      Path maps = Path.of("/proc/self/maps");
      if (Files.exists(maps)) {
        String name = MODEL.getFileName().toString();
        assertEquals(
            0, Files.readAllLines(maps).stream().filter(line -> line.endsWith(name)).count());
      }
    }
  }
}
