package dev.gatun.quantize.optimize;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.formats.gguf.GgufFile;
import dev.gatun.quantize.gguf.NoiseModel;
import dev.gatun.quantize.mix.FileType;
import dev.gatun.quantize.optimize.Optimizer.Rules;
import dev.gatun.quantize.optimize.Workflow.Passes;
import dev.gatun.tensor.DType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A search makes each artifact once, measures it once, and raises what is not accurate enough. */
class OptimizerTest {
  @TempDir private Path folder;

  /** Says that accuracy follows the bits of block 2. */
  private static final class MadeUp implements Evaluator {
    private int measured;

    @Override
    public String identity() {
      return "made up";
    }

    @Override
    public Measurement measure(Path artifact) throws IOException {
      measured++;
      try (GgufFile file = GgufFile.open(artifact)) {
        DType type = file.info("blk.2.attn_q.weight").orElseThrow().dtype();
        double accuracy = Math.min(1, type.bitsPerElement() / 8);
        long bytes = Files.size(artifact);
        return new Measurement(accuracy, 1 - accuracy, bytes, bytes * 1e-9, "none");
      }
    }

    @Override
    public Wording wording() {
      return new Wording("bits over eight", "LOST", "BYTE");
    }
  }

  private OptimizeResult<GgufRecipe> run(Evaluator evaluator, String goal, FileType... types)
      throws IOException {
    return run(new Rules(true, Passes.BROKEN), evaluator, goal, types);
  }

  private OptimizeResult<GgufRecipe> run(
      Rules rules, Evaluator evaluator, String goal, FileType... types) throws IOException {
    Path model = folder.resolve("noise.gguf");
    NoiseModel.write(model);
    try (GgufFile source = GgufFile.open(model)) {
      var craft = new GgufCraft(source, "digest", Optional.empty(), "", false, 2);
      var cache = new ArtifactCache(folder.resolve("cache"));
      return new Optimizer<>(craft, cache, evaluator, rules, trial -> {})
          .run(
              new Search.Exhaustive<>(GgufSpace.ofTypes(List.of(types), false)),
              Objective.parse(goal));
    }
  }

  @Test
  void theSmallestThatKeepsTheLimitIsChosen() throws IOException {
    OptimizeResult<GgufRecipe> result =
        run(new MadeUp(), "accuracy>=0.8,size", FileType.Q8_0, FileType.Q6_K, FileType.F16);
    assertTrue(result.met());
    assertEquals(FileType.Q6_K, result.chosen().orElseThrow().recipe().type());
    assertEquals(3, result.trials().size());
    assertFalse(result.pareto(result.trials().get(2)), "F16 is no better than Q8_0");
  }

  @Test
  void whatIsMostHurtGetsItsPrecisionBack() throws IOException {
    OptimizeResult<GgufRecipe> result =
        run(new MadeUp(), "accuracy>=0.99,size", FileType.Q8_0, FileType.Q4_0);
    Trial<GgufRecipe> chosen = result.chosen().orElseThrow();
    assertTrue(result.met());
    assertEquals(FileType.Q4_0, chosen.recipe().type());
    assertEquals(DType.Q8_0, chosen.recipe().raised().get("^blk\\.2\\."));
    assertEquals(1, chosen.recipe().raised().size(), "one block was enough");
    assertTrue(chosen.measured().bytes() < result.trials().getFirst().measured().bytes());
  }

  @Test
  void aStoppedRunGoesOn() throws IOException {
    var first = new MadeUp();
    run(first, "size", FileType.Q8_0);
    var second = new MadeUp();
    OptimizeResult<GgufRecipe> result = run(second, "size", FileType.Q8_0, FileType.Q4_0);
    assertEquals(1, second.measured, "the first was measured already");
    assertTrue(result.trials().getFirst().cached());
    assertFalse(result.trials().get(1).cached());
  }

  @Test
  void artifactsSayWhatTheyWereMadeOf() throws IOException {
    OptimizeResult<GgufRecipe> result = run(new MadeUp(), "size", FileType.Q4_0);
    try (GgufFile file = GgufFile.open(result.chosen().orElseThrow().artifact())) {
      assertEquals(
          "digest", file.metadata().string("gatun.provenance.source.sha256").orElseThrow());
      assertTrue(
          file.metadata().string("gatun.provenance.recipe").orElseThrow().startsWith("Q4_0"));
    }
  }

  @Test
  void whatAPassBrokeIsNotMeasured() throws IOException {
    var evaluator = new MadeUp();
    OptimizeResult<GgufRecipe> result =
        run(new Rules(true, 30), evaluator, "size", FileType.Q8_0, FileType.Q4_0);
    assertEquals(1, evaluator.measured, "Q4_0 has fewer than 30 dB");
    assertEquals(FileType.Q8_0, result.chosen().orElseThrow().recipe().type());
    assertTrue(result.trials().getFirst().discrepancy().signal() > 30);
    OptimizeResult.Rejected rejected = result.rejected().getFirst();
    assertEquals("Q4_0", rejected.recipe().title());
    assertTrue(
        rejected.reason().matches("blk\\.\\d\\.\\S+ has [12]\\d\\.\\d dB of signal to noise"),
        rejected.reason());
  }

  @Test
  void precisionIsGivenBackOnlyWhereThatIsAPass() throws IOException {
    OptimizeResult<GgufRecipe> result =
        run(new Rules(false, Passes.BROKEN), new MadeUp(), "accuracy>=0.99,size", FileType.Q4_0);
    assertFalse(result.met());
    assertEquals(1, result.trials().size());
  }
}
