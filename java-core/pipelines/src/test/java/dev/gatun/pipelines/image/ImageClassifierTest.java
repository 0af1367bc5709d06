package dev.gatun.pipelines.image;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gatun.pipelines.Checkout;
import dev.gatun.pipelines.Goldens;
import dev.gatun.runtime.GatunRuntime;
import dev.gatun.runtime.plan.Policy;
import dev.gatun.tensor.GatunException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A tiny classifier against ONNX Runtime and Pillow; see image/README. */
class ImageClassifierTest {
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
  void labelsAreThoseOfOnnxRuntime(String backend) throws IOException {
    String model = Goldens.file("image/tiny").toString();
    JsonNode scores = Goldens.json("image/labels.json").path("scores");
    ImageClassifierOptions options =
        ImageClassifierOptions.DEFAULT.withPolicy(Policy.require(backend));
    try (ImageClassifier classifier = ImageClassifier.load(runtime, model, options)) {
      List<ImageLabel> labels = classifier.classify(Picture.read(Goldens.file("image/cat.png")));
      assertEquals(5, labels.size());
      double last = 1;
      for (ImageLabel label : labels) {
        assertEquals(scores.get(label.index()).asDouble(), label.score(), 1e-3);
        assertEquals(
            List.of("cat", "dog", "lock", "ship", "gate").get(label.index()), label.label());
        assertTrue(label.score() <= last);
        last = label.score();
      }
      // Pictures of other shapes are prepared, too.
      for (Picture odd : List.of(new Picture(1, 1, 0), new Picture(3000, 2, new int[6000]))) {
        assertEquals(5, classifier.classify(odd).size());
      }
    }
  }

  @Test
  void probabilitiesAreNotMadeProbabilitiesAgain() {
    assertArrayEquals(new double[] {0.25, 0.75}, ImageClassifier.probabilities(0.25f, 0.75f));
    assertArrayEquals(new double[] {0.5, 0.5}, ImageClassifier.probabilities(3f, 3f), 1e-12);
  }

  @Test
  void wrongLabelsAndModelsAreRefused() throws IOException {
    Path labels = Files.writeString(folder.resolve("labels.txt"), "one\ntwo\n");
    refused(
        "tells apart 5 classes, but there are 2 labels",
        "image/tiny",
        ImageClassifierOptions.DEFAULT.withLabels(labels));
    refused("is no classifier of pictures", "embedding/tiny", ImageClassifierOptions.DEFAULT);
  }

  private static void refused(String reason, String model, ImageClassifierOptions options) {
    String name = Goldens.file(model).toString();
    var e = assertThrows(GatunException.class, () -> ImageClassifier.load(runtime, name, options));
    assertEquals(GatunException.Kind.MODEL, e.kind());
    assertTrue(e.getMessage().contains(reason), e.getMessage());
  }
}
