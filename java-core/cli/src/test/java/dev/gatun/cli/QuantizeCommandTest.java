package dev.gatun.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gatun.formats.gguf.GgufFile;
import dev.gatun.tensor.DType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands around quantization, as a user types them. */
class QuantizeCommandTest {
  @TempDir Path home;

  private Invocation gatun(String... words) {
    return Invocation.of(home, words);
  }

  private static String model() {
    return Invocation.archs().resolve("llama-f16.gguf").toString();
  }

  @Test
  void writesTheTypeThatWasAskedFor() throws IOException {
    Path target = home.resolve("out.gguf");
    Invocation run = gatun("quantize", model(), target.toString(), "Q8_0", "--json");
    assertEquals(0, run.exitCode(), run.err());
    JsonNode json = run.json();
    assertTrue(Files.size(target) > json.get("targetBytes").asLong(), "header and data");
    try (GgufFile file = GgufFile.open(target)) {
      assertEquals(DType.Q8_0, file.info("blk.0.ffn_up.weight").orElseThrow().dtype());
      assertEquals(file.tensorNames().size(), json.get("tensors").size());
    }
  }

  @Test
  void aDryRunWritesNothingAndNamesEveryTensor() {
    Path target = home.resolve("dry.gguf");
    Invocation run =
        gatun("quantize", model(), target.toString(), "Q4_K_M", "--dry-run", "--tensors");
    assertEquals(0, run.exitCode(), run.err());
    assertTrue(run.out().contains("would write") && run.out().contains("blk.0.ffn_up.weight"));
    assertFalse(Files.exists(target));
  }

  @Test
  void mistakesSayWhatThereIs() {
    Invocation type = gatun("quantize", model(), "x.gguf", "Q9");
    assertEquals(2, type.exitCode());
    assertTrue(type.err().contains("Q4_K_M"), type.err());
    Invocation pattern =
        gatun("quantize", model(), "x.gguf", "Q8_0", "--tensor-type", "blk.(=Q4_0", "--dry-run");
    assertEquals(2, pattern.exitCode());
    Invocation tensor = gatun("quantize", model(), "x.gguf", "Q8_0", "--output-tensor-type", "Z");
    assertEquals(2, tensor.exitCode());
    Invocation goal = gatun("optimize", model(), "--goal", "speed");
    assertEquals(2, goal.exitCode());
    assertTrue(goal.err().contains("accuracy>=N"), goal.err());
  }

  @Test
  void anOptionOfAnotherSchemeIsRefusedAndNothingIsWritten() {
    String network = tinyNetwork();
    Path target = home.resolve("out.onnx");
    Invocation refused =
        gatun("quantize", network, target.toString(), "--dynamic", "--weight-bits", "4");
    assertEquals(2, refused.exitCode());
    assertTrue(
        refused.err().contains("--weight-bits would change nothing with --dynamic"), refused.err());
    assertFalse(Files.exists(target));
    Invocation taken =
        gatun("quantize", network, target.toString(), "--dynamic", "--reduce-range", "--json");
    assertEquals(0, taken.exitCode(), taken.err());
    assertTrue(taken.out().contains("weights of 7 bits"), taken.out());
  }

  private static String tinyNetwork() {
    return Invocation.root()
        .resolve("java-core/pipelines/src/test/resources/dev/gatun/pipelines/embedding/tiny")
        .resolve("model.onnx")
        .toString();
  }

  @Test
  void adviceFollowsMemory() throws IOException {
    Invocation run = gatun("advise", "--parameters=8B", "--memory=6G", "--goal=quality", "--json");
    assertEquals(0, run.exitCode(), run.err());
    assertEquals("Q5_K_M", run.json().get("type").asText());
    assertEquals(1, gatun("advise", "--parameters=70B", "--memory=4G").exitCode());
    assertEquals(2, gatun("advise", "--memory=much").exitCode());
  }

  @Test
  void theBestThatKeepsTheLimitsIsWrittenAndFoundAgain() throws IOException {
    Invocation.assumeCpu(home);
    Path target = home.resolve("best.gguf");
    Path report = home.resolve("report");
    String[] words = {
      "optimize",
      model(),
      target.toString(),
      "--types=Q8_0,Q4_0",
      "--goal=kld<=10,size",
      "--ctx=64",
      "--chunks=2",
      "--backend=cpu",
      "--text",
      LlamaCppGoldens.text(),
      "--report",
      report.toString(),
      "--json"
    };
    Invocation run = gatun(words);
    assertEquals(0, run.exitCode(), run.err());
    JsonNode json = run.json();
    assertEquals("Q4_0", json.get("chosen").asText());
    assertTrue(Files.readString(report.resolve("optimize.html")).contains("Accuracy and size"));
    try (GgufFile file = GgufFile.open(target)) {
      assertTrue(file.metadata().string("gatun.provenance.source.sha256").isPresent());
    }
    JsonNode again = gatun(words).json();
    assertTrue(again.at("/trials/0/measuredBefore").asBoolean(), again.toString());
    assertEquals(json.at("/trials/0/divergence"), again.at("/trials/0/divergence"));
  }

  @Test
  void aWorkflowDoesWhatOptionsDo() throws IOException {
    Invocation.assumeCpu(home);
    Path file = home.resolve("workflow.json");
    Files.writeString(
        file,
        """
        {
          "schema": "gatun.workflow/1",
          "model": "%s",
          "output": "best.gguf",
          "goal": "kld<=10,size",
          "passes": [{"pass": "quantize", "types": ["Q8_0", "Q4_0"]}],
          "check": {"snr": 30},
          "evaluate": {"text": "%s", "window": 64, "windows": 2, "policy": "require:cpu"}
        }
        """
            .formatted(escaped(model()), escaped(LlamaCppGoldens.text())));
    Invocation run = gatun("optimize", "--workflow", file.toString(), "--json");
    assertEquals(0, run.exitCode(), run.err());
    assertEquals("Q8_0", run.json().get("chosen").asText());
    assertEquals("Q4_0", run.json().at("/rejected/0/recipe").asText());
    assertTrue(run.json().at("/rejected/0/snr").asDouble() < 30);
    assertTrue(Files.exists(home.resolve("best.gguf")));
    Invocation both = gatun("optimize", "--workflow", file.toString(), "--types=Q8_0");
    assertEquals(2, both.exitCode());
    assertTrue(both.err().contains("--types stands in the workflow"), both.err());
  }

  private static String escaped(String path) {
    return Path.of(path).toAbsolutePath().toString().replace("\\", "\\\\");
  }
}
