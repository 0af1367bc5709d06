package dev.gatun.cli.command;

import dev.gatun.cli.output.Json;
import dev.gatun.cli.output.Printable;
import dev.gatun.models.arch.Pooling;
import dev.gatun.pipelines.Embedding;
import dev.gatun.pipelines.EmbeddingOptions;
import dev.gatun.runtime.GatunRuntime;
import dev.gatun.runtime.plan.Explanation;
import dev.gatun.tensor.GatunException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Turns texts into vectors and shows how alike they are. */
@Command(
    name = "embed",
    mixinStandardHelpOptions = true,
    description = "Turns texts into vectors; of several texts it prints how alike they are.")
public final class EmbedCommand implements Callable<Integer> {
  private static final int SHOWN_TEXTS = 12;

  @Parameters(
      index = "0",
      paramLabel = "MODEL",
      description =
          "A folder with model.onnx and tokenizer.json, or the name or file of an encoder in GGUF.")
  private String model;

  @Parameters(index = "1..*", paramLabel = "TEXT", description = "Texts.")
  private List<String> texts = List.of();

  @Option(
      names = {"-f", "--file"},
      paramLabel = "FILE",
      description = "Read texts from a file, one per line.")
  private Path file;

  @Option(names = "--pooling", paramLabel = "NAME", description = "mean, cls or last.")
  private Pooling pooling;

  @Option(names = "--raw", description = "Leave the vectors' lengths as they are.")
  private boolean raw;

  @Option(
      names = "--longest",
      paramLabel = "N",
      description = "Tokens that a text is cut to (what the model says).")
  private int longest;

  @Option(names = "--json", description = "Print JSON, with all vectors.")
  private boolean json;

  @Mixin private RuntimeOptions.PolicyOptions policy = new RuntimeOptions.PolicyOptions();
  @Mixin private RuntimeOptions runtimeOptions;
  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    var output = new Output(spec);
    List<String> all = new ArrayList<>(texts);
    if (file != null) {
      all.addAll(Files.readAllLines(file, StandardCharsets.UTF_8));
    }
    if (all.isEmpty()) {
      throw new GatunException(GatunException.Kind.USAGE, "give at least one text, or --file");
    }
    var listener = new Loading.BarListener(output);
    try (GatunRuntime runtime = runtimeOptions.open();
        Embedding embedding = Embedding.load(runtime, model, options(), listener)) {
      listener.finish();
      List<float[]> vectors = embedding.embed(all);
      if (json) {
        output.line(Json.document("embed", 1, members(embedding, all, vectors)));
      } else {
        print(output, embedding, all, vectors);
      }
      return 0;
    }
  }

  private EmbeddingOptions options() {
    if (longest < 0 || pooling == Pooling.NONE) {
      throw new GatunException(
          GatunException.Kind.USAGE, "--longest is positive, --pooling is mean, cls or last");
    }
    EmbeddingOptions options =
        EmbeddingOptions.DEFAULT
            .withPolicy(policy.policy())
            .withNormalize(!raw)
            .withLongest(longest);
    return pooling == null ? options : options.withPooling(pooling);
  }

  private static List<String> devices(Embedding embedding) {
    return embedding.explain().devices().stream().map(Explanation.DeviceLine::device).toList();
  }

  private void print(Output output, Embedding embedding, List<String> all, List<float[]> vectors) {
    output.note(
        "gatun: %d dimensions, pooling %s, on %s"
            .formatted(
                embedding.dimensions(),
                embedding.pooling().name().toLowerCase(Locale.ROOT),
                String.join(", ", devices(embedding))));
    for (Explanation.PassedOverLine line : embedding.explain().passedOver()) {
      if (line.fallback()) {
        output.note("gatun: %s does not run this: %s".formatted(line.id(), line.reason()));
      }
    }
    if (vectors.size() == 1 || vectors.size() > SHOWN_TEXTS) {
      vectors.forEach(vector -> output.line(numbers(vector)));
      return;
    }
    for (int i = 0; i < vectors.size(); i++) {
      var row = new StringBuilder();
      for (float[] other : vectors) {
        row.append("%7.3f".formatted(Embedding.similarity(vectors.get(i), other)));
      }
      output.line(row + "  " + Printable.of(all.get(i)));
    }
  }

  private static String numbers(float[] vector) {
    var text = new StringBuilder();
    for (float x : vector) {
      text.append(text.isEmpty() ? "" : " ").append(x);
    }
    return text.toString();
  }

  private Map<String, Object> members(
      Embedding embedding, List<String> all, List<float[]> vectors) {
    List<Map<String, Object>> list = new ArrayList<>();
    List<List<Double>> alike = new ArrayList<>();
    for (int i = 0; i < vectors.size(); i++) {
      Map<String, Object> entry = new LinkedHashMap<>();
      entry.put("text", all.get(i));
      entry.put("vector", vectors.get(i));
      list.add(entry);
      List<Double> row = new ArrayList<>();
      for (float[] other : vectors.size() > SHOWN_TEXTS ? List.<float[]>of() : vectors) {
        row.add(Embedding.similarity(vectors.get(i), other));
      }
      alike.add(row);
    }
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("model", model);
    members.put("dimensions", embedding.dimensions());
    members.put("pooling", embedding.pooling().name().toLowerCase(Locale.ROOT));
    members.put("embeddings", list);
    members.put("similarity", vectors.size() > SHOWN_TEXTS ? List.of() : alike);
    members.put("plan", Plans.members(embedding.explain()));
    return members;
  }
}
