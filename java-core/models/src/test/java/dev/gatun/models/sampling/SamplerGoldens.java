package dev.gatun.models.sampling;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.gatun.formats.ModelFiles;
import dev.gatun.models.tokenizer.Tokenizer;
import dev.gatun.models.tokenizer.Tokenizers;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;

/** What llama.cpp's samplers do; the README of the test resources says how it was recorded. */
final class SamplerGoldens {
  private static final ObjectMapper JSON = new ObjectMapper();

  private SamplerGoldens() {}

  static List<JsonNode> cases() {
    try (InputStream in = new GZIPInputStream(open("cases.json.gz"))) {
      List<JsonNode> cases = new ArrayList<>();
      JSON.readTree(in).forEach(cases::add);
      return cases;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Logits of a real model for one position. */
  static float[] modelLogits() {
    try (InputStream in = open("smollm2.f32")) {
      var floats = ByteBuffer.wrap(in.readAllBytes()).order(ByteOrder.LITTLE_ENDIAN);
      float[] logits = new float[floats.remaining() / Float.BYTES];
      floats.asFloatBuffer().get(logits);
      return logits;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Tokenizer tokenizer() {
    try {
      Path file = Files.createTempFile("vocabulary", ".gguf");
      try (InputStream in =
          new GZIPInputStream(open("/dev/gatun/models/tokenizer/vocabularies/smollm2.gguf.gz"))) {
        Files.copy(in, file, StandardCopyOption.REPLACE_EXISTING);
      }
      try (var model = ModelFiles.open(file)) {
        return Tokenizers.from(model.metadata());
      } finally {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The options of a case, less DRY's breakers. */
  static SamplerOptions options(JsonNode node) {
    JsonNode dry = node.get("dry");
    Map<Integer, Float> bias = new HashMap<>();
    node.get("bias")
        .properties()
        .forEach(b -> bias.put(Integer.valueOf(b.getKey()), Float.valueOf(b.getValue().asText())));
    return SamplerOptions.DEFAULT
        .withTemperature(number(node, "temperature"))
        .withTopK(node.get("topK").intValue())
        .withTopP(number(node, "topP"))
        .withMinP(number(node, "minP"))
        .withTypicalP(number(node, "typicalP"))
        .withRepeatPenalty(number(node, "repeatPenalty"))
        .withPresencePenalty(number(node, "presencePenalty"))
        .withFrequencyPenalty(number(node, "frequencyPenalty"))
        .withPenaltyLastN(node.get("penaltyLastN").intValue())
        .withDry(
            DryOptions.DISABLED
                .withMultiplier(number(dry, "multiplier"))
                .withBase(number(dry, "base"))
                .withAllowedLength(dry.get("allowedLength").intValue())
                .withPenaltyLastN(dry.get("penaltyLastN").intValue()))
        .withMirostat(
            new MirostatOptions(
                node.get("mirostat").intValue(), number(node, "tau"), number(node, "eta")))
        .withLogitBias(bias)
        .withSeed(1);
  }

  static List<Integer> integers(JsonNode array) {
    List<Integer> values = new ArrayList<>();
    array.forEach(value -> values.add(value.intValue()));
    return values;
  }

  /** The logits of one step, or null for the model's ones. */
  static float[] logits(JsonNode step) {
    JsonNode array = step.get("logits");
    if (array == null) {
      return null;
    }
    float[] logits = new float[array.size()];
    for (int i = 0; i < logits.length; i++) {
      logits[i] = Float.parseFloat(array.get(i).asText());
    }
    return logits;
  }

  private static float number(JsonNode node, String name) {
    return Float.parseFloat(node.get(name).asText());
  }

  private static InputStream open(String resource) {
    InputStream in = SamplerGoldens.class.getResourceAsStream(resource);
    if (in == null) {
      throw new AssertionError("no test resource " + resource);
    }
    return in;
  }
}
