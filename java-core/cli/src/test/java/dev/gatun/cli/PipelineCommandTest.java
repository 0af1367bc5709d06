package dev.gatun.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Commands over ONNX models, on tiny ones, and what they say of bad input. */
class PipelineCommandTest {
  @TempDir Path home;

  private Invocation gatun(String... words) {
    return Invocation.of(home, words);
  }

  private static String resource(String name) {
    return Invocation.root()
        .resolve("java-core/pipelines/src/test/resources/dev/gatun/pipelines")
        .resolve(name)
        .toString();
  }

  @Test
  void embedPrintsHowAlikeTextsAre() throws IOException {
    String model = resource("embedding/tiny");
    Invocation text = gatun("embed", "-m", model, "a cat", "a kitten");
    assertEquals(0, text.exitCode(), text.err());
    assertTrue(text.out().contains("  1.000"), text.out());
    JsonNode json = gatun("embed", "-m", model, "--json", "a cat", "a kitten").json();
    assertEquals("gatun.embed/1", json.path("schema").asText());
    assertEquals(24, json.at("/embeddings/1/vector").size());
    assertEquals(1, json.at("/similarity/0/0").asDouble(), 1e-6);
    assertFalse(json.path("plan").path("slices").isEmpty());
  }

  @Test
  void allDevicesAreComparedAndTheOthersGiveTheirReasons() throws IOException {
    String[] words = {"embed", "-m", resource("embedding/tiny"), "--backend", "all", "a cat"};
    Invocation text = gatun(words);
    assertEquals(0, text.exitCode(), text.err());
    assertTrue(text.out().contains("reference"), text.out());
    assertTrue(text.out().contains("metal did not run: "), text.out());
    String[] withJson = java.util.Arrays.copyOf(words, words.length + 1);
    withJson[words.length] = "--json";
    JsonNode json = gatun(withJson).json();
    assertEquals("gatun.embed-comparison/1", json.path("schema").asText());
    assertTrue(json.path("agree").asBoolean());
    assertTrue(json.path("devices").size() > 1, json.toString());
    for (JsonNode device : json.path("devices")) {
      assertTrue(device.path("difference").asDouble() < json.path("tolerance").asDouble());
      assertEquals(24, device.at("/result/embeddings/0/vector").size());
    }
    for (JsonNode other : json.path("didNotRun")) {
      assertFalse(other.path("reason").asText().isEmpty(), other.toString());
    }
    Invocation run = gatun("run", Invocation.tinyModel(), "--backend", "all", "hello");
    assertEquals(2, run.exitCode());
  }

  @Test
  void aPictureIsClassifiedWithLabelsBesideTheModel() throws IOException {
    JsonNode json =
        gatun(
                "classify-image",
                resource("image/cat.png"),
                "-m",
                resource("image/tiny"),
                "--top",
                "2",
                "--json")
            .json();
    assertEquals(2, json.path("labels").size());
    assertTrue(json.at("/labels/0/score").asDouble() >= json.at("/labels/1/score").asDouble());
  }

  @Test
  void anOnnxModelIsExplainedAndShown() throws IOException {
    String model = resource("image/tiny/model.onnx");
    JsonNode network =
        gatun("explain", model, "--shape", "pixels=1x3x64x64", "--json").json().at("/networks/0");
    assertEquals(1, network.at("/ops/Conv").asInt());
    assertTrue(network.path("flops").asDouble() > 0);
    for (JsonNode device : network.path("devices")) {
      double share = device.path("nodeShare").asDouble();
      assertEquals(share == 1, device.path("refused").isEmpty(), device.toString());
    }
    Invocation text = gatun("explain", resource("embedding/tiny"));
    assertEquals(0, text.exitCode(), text.err());
    assertTrue(text.out().contains("OF FLOPS"), text.out());
    JsonNode shown = gatun("show", resource("image/tiny"), "--json").json().at("/files/0");
    assertEquals("model.onnx", shown.path("file").asText());
    assertEquals(4, shown.path("nodes").asInt());
    assertEquals(2, gatun("explain", model, "--shape", "pixels=1xhuge").exitCode());
  }

  @Test
  void badInputIsSaidBeforeAModelIsFetched() throws IOException {
    String text = Files.writeString(home.resolve("note.txt"), "no sound, no picture").toString();
    fails(1, "is no WAV file", "vad", text);
    fails(1, "is no picture of a format that is read", "ocr", text);
    fails(1, "is no picture of a format that is read", "classify-image", text, "-m", "none");
    fails(1, "does not exist", "classify", home.resolve("none").toString());
    fails(2, "give at least one text", "embed");
    fails(2, "--threshold", "vad", text, "--threshold", "loud");
    fails(2, "make no sense", "vad", text, "--threshold", "7");
    fails(2, "longest side", "ocr", text, "--longest-side", "3");
    // Nothing is pulled offline.
    fails(3, "offline", "classify", text);
    fails(3, "has no file", "classify", text, "-m", resource("embedding/tiny"));
  }

  private void fails(int exitCode, String reason, String... words) {
    Invocation outcome = gatun(words);
    assertEquals(exitCode, outcome.exitCode(), outcome.err());
    assertTrue(outcome.err().contains(reason), outcome.err());
    assertEquals("", outcome.out());
  }
}
