package dev.gatun.pipelines;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.gatun.formats.tokenizer.TokenizerJson;
import dev.gatun.models.arch.Pooling;
import dev.gatun.models.tokenizer.Tokenizer;
import dev.gatun.models.tokenizer.Tokenizers;
import dev.gatun.runtime.GatunRuntime;
import dev.gatun.runtime.plan.Policy;
import dev.gatun.runtime.store.PullListener;
import dev.gatun.tensor.GatunException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Embeddings against ONNX Runtime's, ids against Hugging Face tokenizers'; see embedding/README.
 */
class EmbeddingTest {
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
    return Checkout.present(runtime, "vector", "cpu");
  }

  private record Cases(List<String> texts, List<int[]> ids, List<float[]> vectors) {
    static Cases read(String name) throws IOException {
      Cases goldens = new Cases(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
      try (InputStream in = EmbeddingTest.class.getResourceAsStream("embedding/" + name)) {
        for (JsonNode each : new ObjectMapper().readTree(in).path("cases")) {
          goldens.texts.add(each.path("text").asText());
          int[] ids = new int[each.path("ids").size()];
          for (int i = 0; i < ids.length; i++) {
            ids[i] = each.path("ids").get(i).asInt();
          }
          goldens.ids.add(ids);
          float[] vector = new float[each.path("vector").size()];
          for (int i = 0; i < vector.length; i++) {
            vector[i] = (float) each.path("vector").get(i).asDouble();
          }
          goldens.vectors.add(vector);
        }
      }
      assertTrue(goldens.texts.size() > 5);
      return goldens;
    }
  }

  private static Path tiny() {
    try {
      return Path.of(EmbeddingTest.class.getResource("embedding/tiny").toURI());
    } catch (URISyntaxException e) {
      throw new AssertionError(e);
    }
  }

  private static EmbeddingOptions on(String backend) {
    return EmbeddingOptions.DEFAULT.withPolicy(Policy.require(backend));
  }

  @ParameterizedTest
  @MethodSource("backends")
  void tinyEncoderGivesWhatOnnxRuntimeGives(String backend) throws IOException {
    check(tiny(), Cases.read("tiny.json"), on(backend), 2e-6f);
    // Texts of a batch do not touch each other, however they are grouped.
    check(tiny(), Cases.read("tiny.json"), on(backend).withBatch(20), 2e-6f);
  }

  @ParameterizedTest
  @MethodSource("backends")
  void miniLmGivesWhatOnnxRuntimeGives(String backend) throws IOException {
    String model = Checkout.model(runtime, "minilm");
    Path folder = runtime.puller().require(model, PullListener.NONE).path().getParent();
    check(folder, Cases.read("minilm.json"), on(backend), 2e-6f);
  }

  private static void check(Path folder, Cases goldens, EmbeddingOptions options, float error) {
    TokenizerJson json = TokenizerJson.read(folder.resolve("tokenizer.json"));
    Tokenizer tokenizer = Tokenizers.from(json.metadata());
    try (Embedding embedding = Embedding.load(runtime, folder.toString(), options)) {
      List<float[]> vectors = embedding.embed(goldens.texts);
      for (int i = 0; i < goldens.texts.size(); i++) {
        String text = goldens.texts.get(i);
        int[] ids = tokenizer.encode(text, true, false);
        if (ids.length <= embedding.longest()) {
          assertArrayEquals(goldens.ids.get(i), ids, text);
        }
        assertArrayEquals(goldens.vectors.get(i), vectors.get(i), error, text);
      }
    }
  }

  @Test
  void poolingAndLengthAreTheCallersChoice() {
    String folder = tiny().toString();
    EmbeddingOptions plain = EmbeddingOptions.DEFAULT;
    try (Embedding mean = Embedding.load(runtime, folder, plain);
        Embedding first = Embedding.load(runtime, folder, plain.withPooling(Pooling.CLS));
        Embedding raw = Embedding.load(runtime, folder, plain.withNormalize(false))) {
      assertEquals(Pooling.MEAN, mean.pooling());
      assertEquals(24, mean.dimensions());
      assertEquals(12, mean.longest());
      float[] a = mean.embed("a cat");
      assertEquals(1, Embedding.similarity(a, a), 1e-6);
      assertEquals(1, Embedding.similarity(a, raw.embed("a cat")), 1e-6);
      assertFalse(Arrays.equals(a, first.embed("a cat")));
      assertTrue(mean.embed(List.of()).isEmpty());
    }
  }

  @ParameterizedTest
  @MethodSource("backends")
  void ggufEncodersDoTheSame(String backend) {
    String model = Checkout.architectures().resolve("bert.gguf").toString();
    try (Embedding embedding = Embedding.load(runtime, model, on(backend).withBatch(64))) {
      List<float[]> together = embedding.embed(List.of("a", "b c", "a b c d e"));
      assertArrayEquals(embedding.embed("b c"), together.get(1), 1e-5f);
    }
  }

  @Test
  void whatIsNoTextEncoderIsRefused() {
    var e =
        assertThrows(
            GatunException.class,
            () -> Embedding.load(runtime, tiny().getParent().toString(), EmbeddingOptions.DEFAULT));
    assertTrue(e.getMessage().contains("has no file model.onnx"), e.getMessage());
    String llama = Checkout.architectures().resolve("llama.gguf").toString();
    var causal =
        assertThrows(
            GatunException.class, () -> Embedding.load(runtime, llama, EmbeddingOptions.DEFAULT));
    assertTrue(causal.getMessage().contains("not an encoder"), causal.getMessage());
  }
}
