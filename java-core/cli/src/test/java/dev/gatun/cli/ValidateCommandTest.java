package dev.gatun.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.gatun.formats.gguf.GgufFile;
import dev.gatun.formats.gguf.GgufWriter;
import dev.gatun.tensor.DType;
import dev.gatun.tensor.Tensor;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ValidateCommandTest {
  /**
   * Of two engines that round activations to eight bits in different ways, over 252 tokens;
   * measured: 0.013. Over the whole text (1785 tokens) divergence and perplexities are within
   * 0.006.
   */
  private static final double ENGINES = 0.02;

  @TempDir Path home;

  private Invocation gatun(String... words) {
    return Invocation.of(home, words);
  }

  private static String arch(String name) {
    return Invocation.archs().resolve(name + ".gguf").toString();
  }

  @Test
  void figuresAreThoseOfLlamaPerplexityOnItsOwnPredictions() throws IOException {
    Invocation.assumeCpu(home);
    Path folder = LlamaCppGoldens.folder("validate");
    Invocation run =
        gatun(
            "validate",
            arch("llama-linear"),
            arch("llama-f16"),
            "--logits",
            folder.resolve("linear.logits").toString(),
            "--longest=64",
            "--backend=cpu",
            "--json");
    assertEquals(5, run.exitCode(), run.err());
    Map<String, Double> expected = LlamaCppGoldens.divergence(folder.resolve("divergence.txt"));
    compare(expected, run.json().get("predictions"), 1e-3);
  }

  @Test
  void predictionsAreKeptAsLlamaPerplexityKeepsThem() throws IOException {
    Invocation.assumeCpu(home);
    Path kept = home.resolve("kept.logits");
    Invocation run =
        gatun(
            "validate",
            arch("llama-linear"),
            arch("llama-linear"),
            "--text",
            LlamaCppGoldens.text(),
            "--ctx=64",
            "--chunks=4",
            "--longest=64",
            "--backend=cpu",
            "--save-logits",
            kept.toString(),
            "--json");
    assertEquals(0, run.exitCode(), run.err() + run.out());
    byte[] own = Files.readAllBytes(kept);
    byte[] theirs = Files.readAllBytes(LlamaCppGoldens.folder("validate").resolve("linear.logits"));
    assertEquals(theirs.length, own.length);
    int header = 20 + 4 * 256;
    for (int i = 0; i < header; i++) {
      assertEquals(theirs[i], own[i], "byte " + i);
    }
    JsonNode json = run.json();
    // The same model: what is left is the rounding to two bytes.
    assertTrue(json.at("/predictions/divergence/value").asDouble() < 1e-3, run.out());
    assertEquals(1, json.at("/predictions/sameTop/value").asDouble());
    assertTrue(json.at("/weights/tensors/0/exact").asBoolean());
    assertTrue(json.at("/blocks/0/exact").asBoolean());
    assertEquals(json.at("/reference/edges/2/top"), json.at("/candidate/edges/2/top"));
  }

  /** Compares with what llama-perplexity printed; percentages there are shares here. */
  private static void compare(Map<String, Double> expected, JsonNode actual, double tolerance) {
    same(expected.get("Mean PPL(Q)"), actual.at("/perplexity/value"), tolerance);
    same(expected.get("Mean PPL(Q) ±"), actual.at("/perplexity/standardError"), tolerance);
    same(expected.get("Mean PPL(base)"), actual.at("/referencePerplexity/value"), tolerance);
    same(expected.get("Mean PPL(Q)/PPL(base)"), actual.at("/ratio/value"), tolerance);
    same(expected.get("Mean PPL(Q)/PPL(base) ±"), actual.at("/ratio/standardError"), 5 * tolerance);
    same(expected.get("Mean KLD"), actual.at("/divergence/value"), tolerance);
    same(expected.get("Mean KLD ±"), actual.at("/divergence/standardError"), 5 * tolerance);
    JsonNode percentiles = actual.get("divergencePercentiles");
    // Single tokens differ by more than their mean.
    same(expected.get("Maximum KLD"), percentiles.get("max"), 8 * tolerance);
    same(expected.get("99.0% KLD"), percentiles.get("99.0"), 8 * tolerance);
    same(expected.get("90.0% KLD"), percentiles.get("90.0"), 8 * tolerance);
    same(expected.get("Median KLD"), percentiles.get("50.0"), 8 * tolerance);
    same(expected.get("10.0% KLD"), percentiles.get("10.0"), 8 * tolerance);
    same(expected.get("RMS Δp") / 100, actual.at("/probabilityChangeRms/value"), 8 * tolerance);
    // Near ties fall to either side: 252 tokens have an error of 2.9 points.
    double error = expected.get("Same top p ±") / 100;
    assertEquals(
        expected.get("Same top p") / 100,
        actual.at("/sameTop/value").asDouble(),
        1.5 * error + 1e-9);
  }

  private static void same(double expected, JsonNode actual, double tolerance) {
    assertEquals(expected, actual.asDouble(), tolerance * Math.abs(expected) + 1e-5);
  }

  @Test
  void smollm2HasTheFiguresOfLlamaPerplexity() throws IOException {
    Invocation.assumeCpu(home);
    Path reference = LlamaCppGoldens.smollm2();
    Path candidate = home.resolve("candidate.gguf");
    coarser(reference, candidate);
    Invocation run =
        gatun(
            "validate",
            reference.toString(),
            candidate.toString(),
            "--text",
            LlamaCppGoldens.text(),
            "--ctx=128",
            "--chunks=4",
            "--longest=128",
            "--backend=cpu",
            "--json");
    assertEquals(5, run.exitCode(), run.err());
    Map<String, Double> expected =
        LlamaCppGoldens.divergence(LlamaCppGoldens.folder("smollm2").resolve("divergence.txt"));
    compare(expected, run.json().get("predictions"), ENGINES);
    assertEquals(30, run.json().get("blocks").size());
  }

  /** Weights in blocks against the same numbers as floats: only arithmetic differs. */
  @Test
  void exactArithmeticLeavesWhatTheWeightsCost() throws IOException {
    Invocation.assumeCpu(home);
    String blocks = home.resolve("blocks.gguf").toString();
    String floats = home.resolve("floats.gguf").toString();
    gatun("quantize", arch("llama-f16"), blocks, "Q4_0", "--allow-larger");
    gatun("quantize", blocks, floats, "F32", "--allow-larger");
    String[] command = {
      "validate",
      floats,
      blocks,
      "--text",
      LlamaCppGoldens.text(),
      "--ctx=64",
      "--chunks=1",
      "--longest=8",
      "--backend=cpu",
      "--json"
    };
    JsonNode rounded = gatun(command).json();
    String[] exact = Arrays.copyOf(command, command.length + 1);
    exact[command.length] = "--exact";
    JsonNode single = gatun(exact).json();
    assertTrue(worstBlock(rounded) < 60, rounded.get("blocks").toString());
    assertTrue(worstBlock(single) > 80, single.get("blocks").toString());
    assertTrue(single.get("exact").asBoolean());
    assertEquals("f32", single.at("/candidate/arithmetic/activations").asText());
    assertTrue(single.at("/reference/arithmetic").isEmpty());
  }

  /** Least signal to noise of a block, in dB; infinite where all bits are equal. */
  private static double worstBlock(JsonNode report) {
    return report
        .get("blocks")
        .valueStream()
        .mapToDouble(line -> line.get("snrDb").asDouble(Double.POSITIVE_INFINITY))
        .min()
        .orElseThrow();
  }

  /** The candidate of {@code make_goldens.sh}: three bits instead of four in one weight a block. */
  private static void coarser(Path from, Path to) throws IOException {
    try (GgufFile model = GgufFile.open(from)) {
      var writer = new GgufWriter().metadata(model);
      for (String name : model.tensorNames()) {
        Tensor tensor = model.tensor(name).orElseThrow();
        boolean changed = name.endsWith("ffn_up.weight") && tensor.dtype() == DType.Q4_1;
        writer.tensor(name, changed ? coarser(tensor) : tensor);
      }
      writer.write(to);
    }
  }

  private static Tensor coarser(Tensor tensor) {
    byte[] bytes = tensor.data().toArray(ValueLayout.JAVA_BYTE);
    for (int i = 0; i < bytes.length; i++) {
      if (i % 20 >= 4) {
        bytes[i] = (byte) (i % 2 == 0 ? bytes[i] & 0xEE : bytes[i] | 0x11);
      }
    }
    return new Tensor(tensor.dtype(), tensor.shape(), MemorySegment.ofArray(bytes));
  }

  @Test
  void limitsDecideTheExitCode() throws IOException {
    String[] words = {
      "validate",
      arch("llama-linear"),
      arch("llama-linear"),
      "--ctx=64",
      "--chunks=1",
      "--longest=16",
      "--no-layers",
      "--thresholds",
      "kld=0.5,same-top=1"
    };
    assertEquals(0, gatun(words).exitCode());
    words[8] = "kld=-1";
    Invocation failed = gatun(words);
    assertEquals(5, failed.exitCode(), failed.err());
    assertTrue(failed.out().contains("FAILED"), failed.out());
    assertTrue(failed.out().contains("at most -1"), failed.out());
    words[8] = "klt=1";
    Invocation unknown = gatun(words);
    assertEquals(2, unknown.exitCode());
    assertTrue(unknown.err().contains("only kld, ppl-ratio"), unknown.err());
  }

  @Test
  void aPageIsWritten() throws IOException {
    Path folder = home.resolve("report");
    Invocation run =
        gatun(
            "validate",
            arch("llama-linear"),
            arch("llama-f16"),
            "--logits",
            LlamaCppGoldens.folder("validate").resolve("linear.logits").toString(),
            "--longest=16",
            "--report",
            folder.toString());
    assertEquals(5, run.exitCode(), run.err());
    String page = Files.readString(folder.resolve("validation.html"), StandardCharsets.UTF_8);
    assertTrue(page.startsWith("<!doctype html>"));
    assertTrue(page.contains("<h2>Divergence of the predictions</h2>\n<svg"));
    assertTrue(page.contains("<h2>Signal to noise of the weights</h2>\n<ul class=\"legend\">"));
    assertTrue(page.contains("<b>FAILED</b>"));
    String again = Files.readString(folder.resolve("validation.json"), StandardCharsets.UTF_8);
    assertTrue(again.contains("\"gatun.validate/1\""), again);
  }

  @Test
  void choicesAreThoseOfTheEvaluationHarness() throws IOException {
    Invocation.assumeCpu(home);
    Path folder = LlamaCppGoldens.folder("validate");
    String[] words = {
      "validate",
      arch("llama-f16"),
      arch("llama-f16"),
      "--ctx=64",
      "--chunks=1",
      "--longest=64",
      "--no-layers",
      "--backend=cpu",
      "--labels",
      folder.resolve("choices.jsonl").toString(),
      "--json",
      "--thresholds",
      "task-accuracy=0.4"
    };
    Invocation run = gatun(words);
    assertEquals(0, run.exitCode(), run.err());
    JsonNode task = run.json().get("task");
    List<String> expected = Files.readAllLines(folder.resolve("choices.tsv"));
    for (int i = 0; i < expected.size() - 1; i++) {
      String[] likelihoods = expected.get(i).split("\t", -1);
      JsonNode answer = task.get("logLikelihoods").get(i);
      assertEquals(likelihoods.length, answer.size());
      for (int j = 0; j < likelihoods.length; j++) {
        double wanted = Double.parseDouble(likelihoods[j]);
        assertEquals(wanted, answer.get(j).asDouble(), 0.005 * Math.abs(wanted), i + ", " + j);
      }
    }
    String[] shares = expected.getLast().split("\t", -1);
    for (int i = 0; i < 2; i++) {
      JsonNode figure = task.get("measures").get(i).get("candidate");
      assertEquals(Double.parseDouble(shares[2 * i]), figure.get("value").asDouble(), 1e-9);
      assertEquals(
          Double.parseDouble(shares[2 * i + 1]), figure.get("standardError").asDouble(), 1e-9);
    }
    words[12] = "task-accuracy=0.5";
    assertEquals(5, gatun(words).exitCode());
  }

  @Test
  void aCandidateThatAnswersWorseFails() throws IOException {
    Path labels = Files.writeString(home.resolve("labels"), labelled(0, 1));
    String[] words = {
      "validate",
      arch("bert"),
      arch("bert"),
      "--labels",
      labels.toString(),
      "--thresholds=task-loss=-0.1,task-accuracy=1",
      "--json"
    };
    Invocation failed = gatun(words);
    assertEquals(5, failed.exitCode(), failed.err());
    assertEquals(4, failed.json().at("/task/examples").asInt());
    assertEquals(1, failed.json().at("/task/measures/0/candidate/value").asDouble());
    // The nearest neighbour of each is its double, so that exchanged labels are all wrong.
    Files.writeString(labels, labelled(1, 0));
    words[5] = "--thresholds=task-accuracy=0.1";
    Invocation wrong = gatun(words);
    assertEquals(5, wrong.exitCode(), wrong.err());
    assertEquals(0, wrong.json().at("/task/measures/0/candidate/value").asDouble());
  }

  /** Two pairs of texts, with labels by pair or across them. */
  private static String labelled(int first, int second) {
    String[] texts = {"the water rises", "the water rises", "hello world", "hello world"};
    int[] labels = {0, first, 1, second};
    var lines = new StringBuilder();
    for (int i = 0; i < texts.length; i++) {
      lines.append("{\"text\": \"%s\", \"label\": \"%d\"}%n".formatted(texts[i], labels[i]));
    }
    return lines.toString();
  }

  @Test
  void mistakesInLabelledFilesAreNamed() throws IOException {
    Path labels = home.resolve("labels");
    record Case(String text, String message) {}
    for (Case wrong :
        List.of(
            new Case("", "no lines"),
            new Case("{\"context\": \"a\"}\n", "line 1 of"),
            new Case(
                "\n{\"context\": \"a\", \"choices\": [\"b\", \"c\"], \"label\": 2}\n", "line 2 of"),
            new Case("{\"context\": \"a\", \"choices\": [\"b\"], \"label\": 0}\n", "two choices"),
            new Case("nothing\n", "line 1 of"))) {
      Files.writeString(labels, wrong.text());
      Invocation run =
          gatun(
              "validate",
              arch("llama-linear"),
              arch("llama-linear"),
              "--labels",
              labels.toString());
      assertEquals(2, run.exitCode(), run.err());
      assertTrue(run.err().contains(wrong.message()), run.err());
    }
  }

  @Test
  void layersOfNetworksShowWhereTheErrorArises() throws IOException {
    Path folder =
        Invocation.root()
            .resolve("java-core/pipelines/src/test/resources/dev/gatun/pipelines/embedding/tiny");
    Path quantized = home.resolve("quantized");
    Invocation made =
        gatun("quantize", folder.toString(), quantized.toString(), "--weights=int4", "--block=16");
    assertEquals(0, made.exitCode(), made.err());
    Invocation run =
        gatun(
            "validate",
            folder.toString(),
            quantized.toString(),
            "--json",
            "--thresholds=cosine=0,least-cosine=0");
    assertEquals(0, run.exitCode(), run.err() + run.out());
    JsonNode weights = run.json().at("/layers/weights");
    assertTrue(weights.size() > 0, run.out());
    int changed = 0;
    for (JsonNode line : weights) {
      if (!line.get("exact").asBoolean()) {
        changed++;
        // Sixteen numbers share a scale of four bits.
        assertEquals(22, line.get("snrDb").asDouble(), 5, line.toString());
      }
    }
    assertTrue(changed > 0, run.out());
    assertEquals(weights.get(0).get("layer"), run.json().at("/layers/outputs/0/layer"), run.out());
  }

  @Test
  void encodersAreComparedByTheirVectors() throws IOException {
    Path texts = Files.writeString(home.resolve("texts"), "hello world\nthe water rises\n");
    Invocation run =
        gatun("validate", arch("bert"), arch("bert"), "--text", texts.toString(), "--json");
    assertEquals(0, run.exitCode(), run.err() + run.out());
    assertEquals(2, run.json().at("/cosine/texts").asInt());
    assertEquals(1, run.json().at("/cosine/min").asDouble(), 1e-6);
  }

  @Test
  void networksAreComparedByTheirOutputs() throws IOException {
    String network =
        Invocation.root()
            .resolve(
                "java-core/pipelines/src/test/resources/dev/gatun/pipelines/embedding/tiny/model.onnx")
            .toString();
    Path lone = Files.copy(Path.of(network), home.resolve("lone.onnx"));
    Invocation run = gatun("validate", lone.toString(), lone.toString(), "--json");
    assertEquals(0, run.exitCode(), run.err() + run.out());
    assertEquals(4, run.json().get("trials").asInt());
    assertTrue(run.json().at("/outputs/0/exact").asBoolean(), run.out());
  }

  @Test
  void aModelThatComputesNoNumbersFails() throws IOException {
    Path broken = home.resolve("broken.gguf");
    try (GgufFile model = GgufFile.open(Path.of(arch("llama-linear")))) {
      var writer = new GgufWriter().metadata(model);
      for (String name : model.tensorNames()) {
        Tensor tensor = model.tensor(name).orElseThrow();
        if (name.equals("output_norm.weight")) {
          float[] values = tensor.toFloats();
          values[3] = Float.NaN;
          tensor = Tensor.ofFloats(tensor.shape(), values);
        }
        writer.tensor(name, tensor);
      }
      writer.write(broken);
    }
    Path folder = home.resolve("report");
    Invocation run =
        gatun(
            "validate",
            arch("llama-linear"),
            broken.toString(),
            "--ctx=64",
            "--chunks=1",
            "--longest=16",
            "--report",
            folder.toString());
    assertEquals(5, run.exitCode(), run.err());
    assertTrue(run.out().contains("NOT FINITE"), run.out());
    assertTrue(run.out().contains("1 values that are not finite"), run.out());
    String json = Files.readString(folder.resolve("validation.json"));
    JsonNode verdicts = new ObjectMapper().readTree(json).get("verdicts");
    for (JsonNode verdict : verdicts) {
      assertFalse(verdict.get("passed").asBoolean(), json);
    }
  }

  @Test
  void modelsOfDifferentKindsAreNotCompared() {
    Invocation run = gatun("validate", arch("bert"), arch("llama"));
    assertEquals(5, run.exitCode(), run.err());
    assertTrue(run.err().contains("cannot be compared"), run.err());
  }

  @Test
  void damagedPredictionsAreRefused() throws IOException {
    byte[] whole = Files.readAllBytes(LlamaCppGoldens.folder("validate").resolve("linear.logits"));
    Path cut = Files.write(home.resolve("cut"), Arrays.copyOf(whole, 5000));
    Invocation run =
        gatun("validate", arch("llama-linear"), arch("llama-f16"), "--logits", cut.toString());
    assertEquals(3, run.exitCode(), run.err());
    assertTrue(run.err().contains("too few for 4 windows"), run.err());
  }
}
