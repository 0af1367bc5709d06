package dev.gatun.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gatun.formats.onnx.OnnxFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Searches over an ONNX encoder and a GGUF model as a user types them. */
class OptimizeCommandTest {
  @TempDir Path home;

  private Invocation optimize(Path model, String... options) {
    List<String> words = new ArrayList<>(List.of("optimize", model.toString()));
    words.addAll(List.of(options));
    return Invocation.of(home, words.toArray(String[]::new));
  }

  private static Path encoder() {
    return Invocation.root()
        .resolve("java-core/pipelines/src/test/resources/dev/gatun/pipelines/embedding/tiny");
  }

  private static List<String> recipes(JsonNode lines) {
    List<String> names = new ArrayList<>();
    lines.forEach(line -> names.add(line.path("recipe").asText()));
    return names;
  }

  @Test
  void anEncodersSchemesAreTriedMeasuredAndKept() throws IOException {
    Path target = home.resolve("best.onnx");
    String[] options = {
      target.toString(),
      "--types=float16,dynamic,static",
      "--goal=accuracy>=0.9,size",
      "--backend=vector",
      "--chunks=3",
      "--report=" + home.resolve("report"),
      "--json"
    };
    Invocation run = optimize(encoder(), options);
    assertEquals(0, run.exitCode(), run.err());
    JsonNode json = run.json();
    assertEquals(List.of("float16", "dynamic", "static"), recipes(json.path("trials")));
    assertTrue(json.path("met").asBoolean());
    for (JsonNode trial : json.path("trials")) {
      assertTrue(trial.path("accuracy").asDouble() > 0.9, trial.toString());
      assertFalse(trial.path("measuredBefore").asBoolean());
      JsonNode time = trial.path("times").get(0);
      assertTrue(time.path("device").asText().startsWith("vector:"), trial.toString());
      assertTrue(
          time.path("low").asDouble() <= time.path("median").asDouble()
              && time.path("median").asDouble() <= time.path("high").asDouble(),
          trial.toString());
    }
    assertTrue(
        json.path("trials").get(0).path("accuracy").asDouble()
            > json.path("trials").get(2).path("accuracy").asDouble());
    try (OnnxFile file = OnnxFile.open(target)) {
      assertTrue(
          file.model().metadata().get("gatun.provenance.source.sha256").matches("[0-9a-f]{64}"));
    }
    assertTrue(Files.readString(home.resolve("report/optimize.html")).contains("float16"));
    Invocation again = optimize(encoder(), options);
    again
        .json()
        .path("trials")
        .forEach(trial -> assertTrue(trial.path("measuredBefore").asBoolean(), trial.toString()));
  }

  @Test
  void labelledExamplesCanBeTheGoal() throws IOException {
    Path labels = home.resolve("labels.jsonl");
    Files.writeString(
        labels,
        """
        {"text": "a cat sat", "label": "x"}
        {"text": "a cat sat", "label": "x"}
        {"text": "stock prices fell", "label": "y"}
        {"text": "stock prices fell", "label": "x"}
        """);
    Invocation run =
        optimize(
            encoder(),
            "--types=dynamic",
            "--goal=task>=0.5,size",
            "--labels=" + labels,
            "--backend=vector",
            "--chunks=2",
            "--json");
    assertEquals(0, run.exitCode(), run.err());
    // Equal texts are each other's nearest neighbours; the last two have different labels.
    assertEquals(0.5, run.json().path("trials").get(0).path("task").asDouble(), run.out());
    Path questions = home.resolve("questions.jsonl");
    Files.writeString(
        questions, "{\"context\": \"2 + 2 =\", \"choices\": [\"4\", \"5\"], \"label\": 0}\n");
    Invocation writes =
        optimize(
            Invocation.archs().resolve("llama.gguf"),
            "--types=Q8_0",
            "--goal=task>=0,size",
            "--labels=" + questions,
            "--ctx=64",
            "--chunks=1",
            "--backend=vector",
            "--json");
    assertEquals(0, writes.exitCode(), writes.err());
    double task = writes.json().path("trials").get(0).path("task").asDouble(-1);
    assertTrue(task == 0 || task == 1, writes.out());
  }

  @Test
  void layersGetTheirPrecisionBackWhenALimitDoesNotHold() throws IOException {
    Invocation run =
        optimize(
            encoder(),
            "--types=static",
            "--goal=accuracy>=0.99999999,size",
            "--backend=vector",
            "--chunks=3",
            "--json");
    assertEquals(5, run.exitCode(), run.err());
    JsonNode trials = run.json().path("trials");
    assertTrue(trials.size() > 1, run.out());
    assertEquals("static", trials.get(0).path("recipe").asText());
    assertTrue(trials.get(1).path("kept").size() > 0, run.out());
    assertTrue(
        trials.get(1).path("bytes").asLong() > trials.get(0).path("bytes").asLong(), run.out());
  }

  @Test
  void aPassThatGainsNothingIsToldAndATargetsRefusalToo() throws IOException {
    Invocation run =
        optimize(encoder(), "--types=int8,dynamic", "--target=tensorrt", "--goal=size", "--json");
    JsonNode rejected = run.json().path("rejected");
    assertTrue(recipes(rejected).contains("dynamic"), run.out());
    assertTrue(run.out().contains("tensorrt would refuse"), run.out());
  }

  @Test
  void mistakesAreNamed() throws IOException {
    Path gguf = Invocation.archs().resolve("llama.gguf");
    refused("schemes, such as static", encoder(), "--types=Q4_0");
    refused("llama-quantize's", gguf, "--types=static");
    refused("llama-quantize's", gguf, "--target=vnni");
    refused("there is no target 'abacus'", encoder(), "--target=abacus");
    refused("for ONNX", encoder(), "--types=int3");
    refused("give them with --labels", encoder(), "--goal=task>=0.9,size");
    refused("there is no file", encoder(), "--labels=" + home.resolve("none"));
  }

  private void refused(String with, Path model, String... options) {
    Invocation run = optimize(model, options);
    assertEquals(2, run.exitCode(), run.err());
    assertTrue(run.err().contains(with), run.err());
  }

  @Test
  void aModelThatWritesTextIsTimedOnEachDevice() throws IOException {
    Invocation run =
        optimize(
            Invocation.archs().resolve("llama.gguf"),
            "--types=Q8_0",
            "--goal=size",
            "--devices=vector,metal",
            "--ctx=64",
            "--chunks=1",
            "--backend=vector",
            "--json");
    assertEquals(0, run.exitCode(), run.err());
    JsonNode times = run.json().path("trials").get(0).path("times");
    boolean mac = System.getProperty("os.name").startsWith("Mac");
    assertEquals(mac ? 2 : 1, times.size(), run.out());
    assertEquals(!mac, run.err().contains("metal was not measured"), run.err());
  }
}
