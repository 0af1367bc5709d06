package dev.gatun.pipelines.speech;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gatun.pipelines.Goldens;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Segments against silero-vad's own function; see speech/README. */
class SegmenterTest {
  private static List<List<Long>> samples(List<SpeechSegment> segments) {
    return segments.stream()
        .map(each -> List.of(Math.round(each.start() * 16000), Math.round(each.end() * 16000)))
        .toList();
  }

  static List<List<Long>> expected(JsonNode golden) {
    List<List<Long>> result = new ArrayList<>();
    for (JsonNode segment : golden.path("segments")) {
      result.add(List.of(segment.get(0).asLong(), segment.get(1).asLong()));
    }
    return result;
  }

  private static VoiceActivityOptions options(JsonNode given) {
    VoiceActivityOptions options = VoiceActivityOptions.DEFAULT;
    for (var entry : given.properties()) {
      double value = entry.getValue().asDouble();
      options =
          switch (entry.getKey()) {
            case "threshold" -> options.withThreshold(value);
            case "min_speech_duration_ms" -> options.withMinSpeech(value / 1000);
            case "min_silence_duration_ms" -> options.withMinSilence(value / 1000);
            case "speech_pad_ms" -> options.withPadding(value / 1000);
            case "max_speech_duration_s" -> options.withMaxSpeech(value);
            default -> throw new AssertionError(entry.getKey());
          };
    }
    return options;
  }

  @Test
  void segmentsAreThoseOfThePackage() throws IOException {
    int segments = 0;
    for (JsonNode golden : Goldens.json("speech/segments.json").path("cases")) {
      VoiceActivityOptions options = options(golden.path("options"));
      var segmenter = new Segmenter(options, 512, 16000);
      List<SpeechSegment> found =
          segmenter.run(
              Goldens.floats(golden.path("probabilities")), golden.path("samples").asLong());
      assertEquals(expected(golden), samples(found), golden.path("options").toString());
      segments += found.size();
    }
    assertTrue(segments > 30);
  }

  @Test
  void nothingIsFoundInNothing() {
    assertEquals(
        List.of(), new Segmenter(VoiceActivityOptions.DEFAULT, 512, 16000).run(new float[0], 0));
  }
}
