package dev.gatun.pipelines.filetype;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gatun.pipelines.Checkout;
import dev.gatun.pipelines.Goldens;
import dev.gatun.pipelines.filetype.FileTypeOptions.Confidence;
import dev.gatun.runtime.GatunRuntime;
import dev.gatun.runtime.plan.Policy;
import dev.gatun.tensor.GatunException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Kinds of files against magika's Python package; see filetype/README. */
class FileClassifierTest {
  /** ONNX Runtime itself gives 0.1992 for one file alone, and 0.1980 in a batch. */
  private static final double TOLERANCE = 2e-3;

  private static GatunRuntime runtime;

  @TempDir private Path folder;

  @BeforeAll
  static void open() {
    runtime = GatunRuntime.builder().offline(true).threads(2).build();
  }

  @AfterAll
  static void close() {
    runtime.close();
  }

  static Stream<String> backends() {
    return Checkout.present(runtime, "vector", "cpu", "onnxruntime", "openvino");
  }

  @ParameterizedTest
  @MethodSource("backends")
  void answersAreThoseOfThePackage(String backend) throws IOException {
    String model = Checkout.model(runtime, "magika");
    JsonNode golden = Goldens.json("filetype/files.json");
    List<JsonNode> cases = new ArrayList<>();
    List<Path> files = new ArrayList<>();
    for (JsonNode each : golden.path("files")) {
      byte[] content = Base64.getDecoder().decode(each.path("content").asText());
      files.add(Files.write(folder.resolve("file" + cases.size()), content));
      cases.add(each);
    }
    FileTypeOptions options = FileTypeOptions.DEFAULT.withPolicy(Policy.require(backend));
    try (FileClassifier classifier = FileClassifier.load(runtime, model, options)) {
      List<FileTypeResult> results = classifier.classify(files);
      for (int i = 0; i < cases.size(); i++) {
        String name = cases.get(i).path("name").asText();
        FileTypeResult result = results.get(i);
        assertEquals(cases.get(i).path("high").asText(), result.type().label(), name);
        assertEquals(cases.get(i).path("score").asDouble(), result.score(), TOLERANCE, name);
        assertEquals(
            cases.get(i).path("model").asText(),
            result.guess().map(FileType::label).orElse("undefined"),
            name);
        JsonNode described = golden.path("described").path(result.type().label());
        if (described.isArray()) {
          assertEquals(described.get(0).asText(), result.type().description());
          assertEquals(described.get(1).asText(), result.type().group());
          assertEquals(described.get(2).asText(), result.type().mimeType());
          assertEquals(described.get(3).asBoolean(), result.type().isText());
          assertEquals(described.get(4).size(), result.type().extensions().size());
        }
      }
      assertEquals("directory", classifier.classify(folder).type().label());
      assertThrows(GatunException.class, () -> classifier.classify(folder.resolve("none")));
    }
    Confidence[] others = {Confidence.MEDIUM, Confidence.GUESS};
    for (Confidence confidence : others) {
      FileTypeOptions own = options.withConfidence(confidence).withBatch(7);
      try (FileClassifier classifier = FileClassifier.load(runtime, model, own)) {
        for (int i = 0; i < cases.size(); i++) {
          boolean same = cases.get(i).path("high").equals(cases.get(i).path("guess"));
          if (same && i > 3) {
            continue;
          }
          JsonNode expected = cases.get(i);
          String mode = confidence.name().toLowerCase(Locale.ROOT);
          assertEquals(
              expected.path(mode).asText(),
              classifier.classify(files.get(i)).type().label(),
              mode + ": " + expected.path("name").asText());
        }
      }
    }
  }

  @Test
  void aFolderThatIsNoModelSaysWhatIsMissing() throws IOException {
    Files.writeString(folder.resolve("model.onnx"), "");
    var e =
        assertThrows(
            GatunException.class,
            () -> FileClassifier.load(runtime, folder.toString(), FileTypeOptions.DEFAULT));
    assertEquals(GatunException.Kind.MODEL, e.kind());
    assertTrue(e.getMessage().contains("has no file config.json"), e.getMessage());
    Files.writeString(folder.resolve("config.json"), "{\"beg_size\": -1}");
    var config =
        assertThrows(
            GatunException.class,
            () -> FileClassifier.load(runtime, folder.toString(), FileTypeOptions.DEFAULT));
    assertTrue(config.getMessage().contains("beg_size = -1"), config.getMessage());
  }
}
