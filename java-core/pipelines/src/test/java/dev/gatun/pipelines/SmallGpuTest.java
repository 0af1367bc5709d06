package dev.gatun.pipelines;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.models.sampling.SamplerOptions;
import dev.gatun.runtime.BackendStatus;
import dev.gatun.runtime.GatunRuntime;
import dev.gatun.runtime.plan.Policy;
import dev.gatun.runtime.store.LocatedModel;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/**
 * A model that is too large for a GPU is divided between it and the CPU, and chooses the same
 * tokens. The driver without a GPU is told by its environment how little memory it has, so it runs
 * in a process of its own.
 */
class SmallGpuTest {
  private static final long MEMORY = 96 << 20;
  private static final String MODEL = "smollm2";

  @Test
  void whatDoesNotFitRunsOnTheCpu() throws Exception {
    List<String> whole;
    try (GatunRuntime runtime =
        Checkout.withStandIns(GatunRuntime.builder().offline(true)).build()) {
      Checkout.model(runtime, MODEL);
      BackendStatus status = runtime.backend("cuda");
      Assumptions.assumeTrue(status.able(), () -> "skipped: cuda: " + status.reason());
      Assumptions.assumeTrue(
          System.getProperty("gatun.cuda.library") == null, "skipped: another driver is named");
      whole = run(runtime, Policy.require("vector"));
    }
    List<String> divided = child();
    assertEquals(whole.getLast(), divided.getLast(), divided.toString());
    assertTrue(divided.getFirst().contains("cuda:0"), divided.toString());
    assertTrue(divided.getFirst().contains(", "), "one device: " + divided);
  }

  private static List<String> child() throws IOException, InterruptedException {
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "--add-modules=jdk.incubator.vector",
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            String.join(
                System.getProperty("path.separator"),
                Path.of("target", "test-classes").toAbsolutePath().toString(),
                System.getProperty("jdk.module.path", ""),
                System.getProperty("java.class.path", "")),
            SmallGpuTest.class.getName());
    builder.environment().put("GATUN_CUDA_STANDIN_MEMORY", Long.toString(MEMORY));
    builder.redirectErrorStream(true);
    Process process = builder.start();
    List<String> lines =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
            .lines()
            .toList();
    assertEquals(0, process.waitFor(), lines.toString());
    // Before them, what Java says about its incubator module.
    return lines.subList(lines.size() - 2, lines.size());
  }

  /** The machine with the small GPU. */
  public static void main(String[] arguments) {
    try (GatunRuntime runtime =
        Checkout.withStandIns(GatunRuntime.builder().offline(true)).build()) {
      run(runtime, new Policy.Prefer(List.of("cuda"))).forEach(System.out::println);
    }
  }

  /** Which devices run the model, and the tokens that it chooses. */
  private static List<String> run(GatunRuntime runtime, Policy policy) {
    Optional<LocatedModel> located = runtime.puller().locate(MODEL);
    LoadOptions options =
        LoadOptions.DEFAULT.withContext(64).withBatch(16).withPolicy(policy).withTuned(false);
    List<String> lines = new ArrayList<>();
    try (LanguageModel model = LanguageModel.load(runtime, located.orElseThrow(), options);
        TextGeneration generation = TextGeneration.of(model)) {
      lines.add(
          model.plan().explain().devices().stream().map(line -> line.device()).toList().toString());
      GenerationOptions generated =
          GenerationOptions.DEFAULT.withSampling(SamplerOptions.GREEDY).withMaxTokens(4);
      lines.add(
          generation
              .generate(Prompt.raw("The capital of France is"), generated, _ -> {})
              .tokens()
              .toString());
    }
    return lines;
  }
}
