package dev.gatun.pipelines.speech;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gatun.pipelines.Checkout;
import dev.gatun.pipelines.Goldens;
import dev.gatun.pipelines.audio.Audio;
import dev.gatun.runtime.GatunRuntime;
import dev.gatun.runtime.plan.Policy;
import dev.gatun.tensor.GatunException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Speech against silero-vad in ONNX Runtime; see speech/README. */
class VoiceActivityTest {
  private static GatunRuntime runtime;

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
  void speechIsFoundWhereThePackageFindsIt(String backend) throws IOException {
    String model = Checkout.model(runtime, "silero-vad");
    JsonNode golden = Goldens.json("speech/talk.json");
    Audio audio = Audio.read(Goldens.file("speech/talk.wav"));
    VoiceActivityOptions options = VoiceActivityOptions.DEFAULT.withPolicy(Policy.require(backend));
    try (VoiceActivity voice = VoiceActivity.load(runtime, model, options)) {
      SpeechActivity found = voice.detect(audio);
      float[] expected = Goldens.floats(golden.path("probabilities"));
      assertArrayEquals(expected, found.probabilities(), 1e-3f);
      List<List<Long>> samples =
          found.segments().stream()
              .map(
                  each -> List.of(Math.round(each.start() * 16000), Math.round(each.end() * 16000)))
              .toList();
      assertEquals(SegmenterTest.expected(golden), samples);
      assertTrue(found.speech() < found.duration());
      // The state does not outlive a sound.
      assertArrayEquals(found.probabilities(), voice.detect(audio).probabilities());
    }
  }

  @Test
  void whatIsNoVoiceModelIsRefused() {
    Path other = Goldens.file("embedding/tiny");
    var e =
        assertThrows(
            GatunException.class,
            () -> VoiceActivity.load(runtime, other.toString(), VoiceActivityOptions.DEFAULT));
    assertEquals(GatunException.Kind.MODEL, e.kind());
    assertTrue(e.getMessage().contains("is no silero-vad model"), e.getMessage());
  }
}
