package dev.gatun.cli;

import static dev.gatun.cli.Invocation.tinyModel;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The command as a user types it, on a tiny model, offline, with a home of its own. */
class CommandTest {
  @TempDir Path home;

  private Invocation gatun(String... words) {
    return Invocation.of(home, words);
  }

  @Test
  void runGivesTheSameTokensForTheSameSeed() throws IOException {
    List<String> options = List.of("-n", "6", "--seed", "7", "--set", "gatun.plan.trial=false");
    List<String> call = new ArrayList<>(List.of("run", tinyModel(), "--raw", "--json", "the fox"));
    call.addAll(options);
    String[] words = call.toArray(new String[0]);
    Invocation first = gatun(words);
    assertEquals(0, first.exitCode(), first.err());
    JsonNode json = first.json();
    assertEquals("gatun.run/1", json.path("schema").asText());
    assertEquals(6, json.path("tokens").size());
    assertEquals("LENGTH", json.path("finish").asText());
    assertTrue(
        json.path("plan").path("slices").get(0).path("device").asText().matches("(cpu|vector):.*"));
    assertEquals(json.path("tokens"), gatun(words).json().path("tokens"));
  }

  @Test
  void aPromptThatIsTooLongIsAnErrorOrShifted() {
    String prompt = "the fox ".repeat(60);
    Invocation refused = gatun("run", tinyModel(), "--raw", "--ctx", "16", "-n", "4", prompt);
    assertEquals(2, refused.exitCode());
    assertTrue(refused.err().contains("--shift"), refused.err());
    Invocation shifted =
        gatun("run", tinyModel(), "--raw", "--ctx", "16", "-n", "20", "--shift", prompt);
    assertEquals(0, shifted.exitCode(), shifted.err());
  }

  @Test
  void aBackendThatIsNotThereExitsWithFourReasonAndRemedy() {
    Invocation outcome = gatun("run", tinyModel(), "--raw", "--backend", "metal", "hello");
    assertEquals(4, outcome.exitCode());
    assertEquals("", outcome.out());
    assertTrue(outcome.err().contains("metal"), outcome.err());
    assertTrue(outcome.err().contains("gatun devices"), "no remedy: " + outcome.err());
    assertFalse(outcome.err().contains("\tat "), outcome.err());
  }

  @Test
  void aPreferredBackendThatIsNotThereIsSaid() {
    Invocation outcome =
        gatun("run", tinyModel(), "--raw", "-n", "2", "--prefer", "cuda,vector", "hello");
    assertEquals(0, outcome.exitCode(), outcome.err());
    assertTrue(outcome.err().contains("cuda does not run this"), outcome.err());
  }

  @Test
  void aPartThatWasAskedForIsNoFailure() throws IOException {
    // Without it, that `cpu` runs nothing is said, too.
    Invocation.assumeCpu(home);
    Path driver = Invocation.root().resolve("target/gpu-standin/libgatun_metal_standin.so");
    Assumptions.assumeTrue(
        Files.exists(driver), "skipped: scripts/test builds the Metal without a GPU");
    List<String> call =
        List.of(
            "run",
            tinyModel(),
            "--raw",
            "-n",
            "2",
            "--prefer",
            "metal",
            "--gpu-layers",
            "1",
            "--set",
            "gatun.metal.library=" + driver,
            "hello");
    Invocation outcome = gatun(call.toArray(String[]::new));
    assertEquals(0, outcome.exitCode(), outcome.err());
    assertTrue(
        outcome
            .err()
            .lines()
            .anyMatch(line ->
                line.matches(
                    "gatun: metal:0 runs a part of this: gatun.plan.gpulayers is 1 of \\d+ layers;"
                        + " running on \\S+, metal:0")),
        outcome.err());
    assertFalse(outcome.err().contains("does not run"), outcome.err());
    List<String> asJson = new ArrayList<>(call);
    asJson.add("--json");
    JsonNode passedOver = gatun(asJson.toArray(String[]::new)).json().at("/plan/passedOver");
    for (JsonNode line : passedOver) {
      assertFalse(line.path("fallback").asBoolean(), passedOver.toString());
    }
  }

  @Test
  void whatRunsInTheBestBackendsPlaceIsSaid() throws IOException {
    String broken = "gatun.cpu.library=" + home.resolve("none.so");
    // The rank decides, not a trial of a model this small.
    String ranked = "gatun.plan.trial=false";
    Invocation outcome =
        gatun("run", tinyModel(), "--raw", "-n", "2", "--set", broken, "--set", ranked, "hello");
    assertEquals(0, outcome.exitCode(), outcome.err());
    assertTrue(
        outcome
            .err()
            .lines()
            .anyMatch(line ->
                line.startsWith("gatun: cpu does not run this")
                    && line.contains("none.so")
                    && line.contains("running on vector")),
        outcome.err());
    Invocation json =
        gatun(
            "run",
            tinyModel(),
            "--raw",
            "-n",
            "2",
            "--set",
            broken,
            "--set",
            ranked,
            "--json",
            "hello");
    assertTrue(json.json().at("/plan/passedOver/0/fallback").asBoolean(), json.out());
    Invocation required =
        gatun("run", tinyModel(), "--raw", "--set", broken, "--backend", "cpu", "hello");
    assertEquals(4, required.exitCode());
    assertTrue(required.err().contains("none.so"), required.err());
  }

  @Test
  void aModelThatIsNotStoredIsAnErrorOfItsOwn() {
    Invocation outcome = gatun("run", "smollm2", "hello");
    assertEquals(3, outcome.exitCode());
    assertTrue(outcome.err().contains("offline"), outcome.err());
  }

  @Test
  void aFileThatIsNotAModelIsSaidToBeNone() throws IOException {
    Path page = Files.writeString(home.resolve("page.gguf"), "<!DOCTYPE html><html></html>");
    Invocation outcome = gatun("show", page.toString());
    assertEquals(3, outcome.exitCode());
    assertTrue(outcome.err().contains("HTML"), outcome.err());
  }

  @ParameterizedTest
  @ValueSource(strings = {"devices", "doctor", "list"})
  void machineReadableOutputIsOneDocument(String command) throws IOException {
    Invocation outcome = gatun(command, "--json");
    assertEquals(0, outcome.exitCode(), outcome.err());
    assertEquals("gatun." + command + "/1", outcome.json().path("schema").asText());
  }

  @Test
  void anOnnxModelIsShownWithInputsOutputsAndOperators() throws IOException {
    Path tiny =
        Invocation.archs()
            .resolve("../../../../../pipelines/src/test/resources/dev/gatun/pipelines/embedding")
            .resolve("tiny/model.onnx");
    Invocation text = gatun("show", tiny.toString());
    assertEquals(0, text.exitCode(), text.err());
    assertTrue(text.out().contains("input  input_ids ["), text.out());
    JsonNode file = gatun("show", tiny.toString(), "--json").json().path("files").get(0);
    assertTrue(file.path("nodes").asInt() > 10);
    assertTrue(file.path("operators").has("MatMul"), file.toString());
  }

  @Test
  void runtimesAreListedAndUnknownOnesRefused() throws IOException {
    JsonNode runtimes = gatun("runtimes", "list", "--json").json().path("runtimes");
    assertTrue(runtimes.findValuesAsText("name").containsAll(List.of("cuda", "qnn")));
    Invocation licence = gatun("runtimes", "install", "qnn", "--platform", "windows-aarch64");
    assertEquals(2, licence.exitCode());
    assertTrue(licence.err().contains("say --accept-licence"), licence.err());
    Invocation offline =
        gatun("runtimes", "install", "cuda", "--platform", "linux-aarch64", "--accept-licence");
    assertEquals(1, offline.exitCode());
    assertTrue(offline.err().contains("--from FILE"), offline.err());
    assertEquals(2, gatun("runtimes", "install", "nonsense").exitCode());
    Invocation none = gatun("runtimes", "remove", "nonsense");
    assertEquals(2, none.exitCode());
    assertTrue(none.err().contains("no runtime 'nonsense' is installed"), none.err());
    assertEquals(2, gatun("runtimes").exitCode());
  }

  @Test
  void doctorKnowsEveryBackendOfTheProduct() throws IOException {
    List<String> ids =
        gatun("doctor", "--json").json().path("backends").findValuesAsText("id").stream().toList();
    for (String id : List.of("vector", "cpu", "cuda", "metal", "openvino", "onnxruntime", "qnn")) {
      assertTrue(ids.contains(id), id + " is not in " + ids);
    }
  }

  @Test
  void explainSharesAddUpToTheWholeModel() throws IOException {
    JsonNode json = gatun("explain", tinyModel(), "--json").json();
    assertEquals(tinyModel(), json.path("model").asText());
    double share = 0;
    for (JsonNode device : json.path("devices")) {
      share += device.path("flopShare").asDouble();
    }
    assertEquals(1, share, 1e-9);
    assertFalse(json.path("placement").isEmpty());
  }

  @Test
  void storedModelsCanBeListedShownAndRemoved() throws IOException {
    Invocation pull = gatun("pull", tinyModel(), "--name", "tiny");
    assertEquals(0, pull.exitCode(), pull.err());
    assertEquals(
        "tiny", gatun("list", "--json").json().path("models").get(0).path("name").asText());
    JsonNode shown = gatun("show", "tiny", "--json").json();
    assertEquals("llama", shown.path("metadata").path("general.architecture").asText());
    JsonNode again = gatun("pull", tinyModel(), "--name", "tiny", "--json").json();
    assertEquals("tiny", again.path("name").asText());
    JsonNode removed = gatun("rm", "tiny", "--json").json();
    assertEquals("tiny", removed.path("removed").get(0).path("name").asText());
    assertEquals(3, gatun("rm", "tiny").exitCode());
    assertTrue(Files.exists(Path.of(tinyModel())));
  }

  @Test
  void benchMeasuresEachTestInEachRoundAndWritesItsReport() throws IOException {
    Path folder = home.resolve("a report");
    Invocation outcome =
        gatun(
            "bench",
            tinyModel(),
            "-p",
            "8",
            "-n",
            "4",
            "-r",
            "3",
            "--seconds",
            "0.01",
            "--backends",
            "vector,nonsense",
            "--report",
            folder.toString(),
            "--json");
    assertEquals(0, outcome.exitCode(), outcome.err());
    JsonNode report = outcome.json();
    assertEquals("gatun.bench/3", report.path("schema").asText());
    assertEquals(2, report.path("rows").size(), report.path("absent").toString());
    for (JsonNode row : report.path("rows")) {
      assertEquals(3, row.path("rounds").size());
      double median = row.path("latency").path("p50").path("value").asDouble();
      assertEquals(
          row.path("itemsPerQuery").asDouble() / median,
          row.path("rate").path("value").asDouble(),
          1e-6);
      assertTrue(row.path("limit").path("share").path("value").asDouble() > 0, row.toString());
      assertNotEquals("differs", row.path("accuracy").path("verdict").asText());
      assertEquals(1, row.path("flopShare").path("value").asDouble());
    }
    assertEquals("nonsense", report.path("absent").get(0).path("device").asText());
    assertTrue(Files.readString(folder.resolve("report.html")).contains("vector:"));
    Path json = folder.resolve("report.json");
    Invocation same = Invocation.plain("bench", "compare", json.toString(), json.toString());
    assertEquals(0, same.exitCode(), same.err());
  }

  @Test
  void aBenchOfNothingThatRunsSaysWhy() throws IOException {
    Invocation outcome = gatun("bench", tinyModel(), "--backend", "cuda", "--quick");
    assertEquals(4, outcome.exitCode());
    assertTrue(outcome.err().contains("cuda"), outcome.err());
    assertEquals(2, gatun("bench").exitCode());
    assertEquals(2, gatun("bench", tinyModel(), "--quick", "--full").exitCode());
    Invocation scenario = gatun("bench", tinyModel(), "--backend", "cpu", "-r", "0");
    assertEquals(2, scenario.exitCode());
  }

  @Test
  void aTraceHasAllWorkersAndTheTimeOfTheirNodes() throws IOException {
    Path file = home.resolve("trace.json");
    Invocation outcome =
        gatun(
            "trace",
            tinyModel(),
            "--backend",
            "vector",
            "-p",
            "8",
            "-n",
            "2",
            "-o",
            file.toString(),
            "--json");
    assertEquals(0, outcome.exitCode(), outcome.err());
    assertTrue(outcome.json().path("nodes").size() > 3);
    JsonNode events = new ObjectMapper().readTree(file.toFile()).path("traceEvents");
    long submissions =
        events.valueStream().filter(each -> each.path("cat").asText().equals("submission")).count();
    assertEquals(3, submissions);
    long nodes =
        events.valueStream().filter(each -> each.path("cat").asText().equals("node")).count();
    assertTrue(nodes >= 3L * outcome.json().path("nodes").size(), nodes + " pieces of nodes");
  }

  @Test
  void aBenchThatDoesNotFitTheContextIsRefusedBeforeAnythingIsLoaded() {
    // Loading would fail: there is no such backend.
    Invocation deep = gatun("bench", tinyModel(), "-d", "999999", "--backend", "cuda");
    assertEquals(2, deep.exitCode());
    assertTrue(deep.err().contains("pp512 @ d999999 does not fit the context of"), deep.err());
    assertEquals(2, gatun("bench", tinyModel(), "-c", "100", "--backend", "cuda").exitCode());
  }

  private String text(String... options) throws IOException {
    List<String> words =
        new ArrayList<>(List.of("run", tinyModel(), "--raw", "-n", "24", "--json", "the fox"));
    words.addAll(List.of(options));
    if (!words.contains("--temp")) {
      words.addAll(List.of("--temp", "0"));
    }
    Invocation outcome = gatun(words.toArray(String[]::new));
    assertEquals(0, outcome.exitCode(), outcome.err());
    return outcome.json().path("tokens").toString();
  }

  @Test
  void optionsAgainstRepetitionChangeWhatIsChosen() throws IOException {
    String plain = text();
    // A negative penalty is a bonus, which makes a model of random weights repeat itself.
    String repeating = text("--presence-penalty", "-50");
    assertNotEquals(plain, repeating);
    assertNotEquals(plain, text("--frequency-penalty", "-50", "--repeat-last-n", "-1"));
    assertEquals(plain, text("--presence-penalty", "-50", "--repeat-last-n", "0"));
    String[] dry = {"--presence-penalty", "-50", "--dry-multiplier", "500"};
    assertNotEquals(repeating, text(dry));
    String[] unbroken = Arrays.copyOf(dry, dry.length + 2);
    unbroken[dry.length] = "--dry-sequence-breaker";
    unbroken[dry.length + 1] = "none";
    assertNotEquals(repeating, text(unbroken));
    String[] mirostat = {"--temp", "1", "--seed", "3", "--mirostat", "2", "--mirostat-ent", "1"};
    assertNotEquals(text("--temp", "1", "--seed", "3"), text(mirostat));
    assertNotEquals(
        text("--temp", "1", "--seed", "3"),
        text("--temp", "1", "--seed", "3", "--typical", "0.01"));
  }

  @Test
  void mistypedOptionsAreUsageErrors() {
    assertEquals(2, gatun("run").exitCode());
    assertEquals(2, gatun("run", tinyModel(), "--no-such-option", "x").exitCode());
    assertEquals(2, gatun("run", tinyModel(), "--backend", "a", "--prefer", "b", "x").exitCode());
    assertEquals(2, gatun("run", tinyModel(), "--policy", "fastest", "x").exitCode());
  }
}
