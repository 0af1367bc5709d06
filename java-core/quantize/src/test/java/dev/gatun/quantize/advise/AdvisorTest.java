package dev.gatun.quantize.advise;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.formats.gguf.GgufFile;
import dev.gatun.quantize.gguf.GgufQuantizer;
import dev.gatun.quantize.gguf.NoiseModel;
import dev.gatun.quantize.gguf.QuantizeListener;
import dev.gatun.quantize.gguf.QuantizeOptions;
import dev.gatun.quantize.mix.FileType;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Advice follows memory and goal, and never exceeds what there is. */
class AdvisorTest {
  private static final ModelNeeds EIGHT_BILLION = ModelNeeds.of(8_000_000_000L);

  private static Advice advise(Target target, Goal goal, long gibibytes) {
    return Advisor.advise(target, goal, OptionalLong.of(gibibytes << 30), EIGHT_BILLION);
  }

  @Test
  void moreMemoryNeverMeansWorseAnswers() {
    for (Target target : Target.values()) {
      double last = Double.POSITIVE_INFINITY;
      for (int memory = 3; memory < 20; memory++) {
        Advice advice = advise(target, Goal.QUALITY, memory);
        if (advice.chosen().isPresent()) {
          double divergence = advice.chosen().get().divergence();
          assertTrue(divergence <= last, target + " with " + memory + " GiB");
          last = divergence;
          long limit = (long) memory << 30;
          assertTrue(
              advice.considered().stream()
                  .filter(one -> one.verdict().equals("chosen"))
                  .allMatch(one -> one.fits() && one.bytes() < limit));
        }
      }
      assertEquals(0.00136, last, target + ": Q8_0 is good enough");
    }
  }

  @Test
  void aGoalDecidesHowMuchIsLost() {
    FileType size = advise(Target.CPU, Goal.SIZE, 64).chosen().orElseThrow().type();
    FileType speed = advise(Target.CPU, Goal.SPEED, 64).chosen().orElseThrow().type();
    FileType quality = advise(Target.CPU, Goal.QUALITY, 64).chosen().orElseThrow().type();
    assertEquals(FileType.IQ3_M, size);
    assertEquals(FileType.IQ4_XS, speed);
    assertEquals(FileType.Q8_0, quality);
  }

  @Test
  void aBackendThatWouldRequantizeGetsAnotherType() {
    Advice advice = advise(Target.INTEL, Goal.SPEED, 64);
    assertEquals(FileType.Q4_K_S, advice.chosen().orElseThrow().type());
    assertTrue(advice.commands().getLast().contains("--backend openvino"));
  }

  @Test
  void whatFitsNowhereIsSaidSo() {
    Advice advice = advise(Target.CPU, Goal.SPEED, 1);
    assertTrue(advice.chosen().isEmpty() && advice.commands().isEmpty());
    assertTrue(advice.reasons().getFirst().startsWith("nothing fits"));
  }

  @Test
  void importancesAreMadeBeforeTheyAreUsed() {
    Advice advice = advise(Target.CPU, Goal.SIZE, 64);
    assertTrue(advice.commands().getFirst().startsWith("gatun imatrix"));
    assertTrue(advice.commands().get(1).contains("--imatrix"));
  }

  @Test
  void aModelThatIsQuantizedAlreadyIsQuantizedAgainOnlyWhenToldTo(@TempDir Path folder)
      throws IOException {
    Path original = folder.resolve("noise.gguf");
    Path smaller = folder.resolve("smaller.gguf");
    NoiseModel.write(original);
    try (GgufFile model = GgufFile.open(original)) {
      assertTrue(commands(model).stream().noneMatch(command -> command.contains("--allow")));
      QuantizeOptions options = QuantizeOptions.of(FileType.Q8_0);
      GgufQuantizer.quantize(model, smaller, options, QuantizeListener.NONE);
    }
    try (GgufFile model = GgufFile.open(smaller, "given")) {
      assertTrue(commands(model).get(1).startsWith("gatun quantize given given-"));
      assertTrue(commands(model).get(1).endsWith(" --allow-requantize"));
    }
  }

  private static List<String> commands(GgufFile model) {
    ModelNeeds needs = ModelNeeds.of(model, 512);
    return Advisor.advise(Target.CPU, Goal.SIZE, OptionalLong.empty(), needs).commands();
  }
}
