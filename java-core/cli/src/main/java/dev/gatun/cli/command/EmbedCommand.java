package dev.gatun.cli.command;

import dev.gatun.cli.output.Printable;
import dev.gatun.models.arch.Pooling;
import dev.gatun.pipelines.Embedding;
import dev.gatun.pipelines.EmbeddingOptions;
import dev.gatun.runtime.GatunRuntime;
import dev.gatun.runtime.plan.Policy;
import dev.gatun.runtime.store.PullListener;
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
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Turns texts into vectors and shows how alike they are. */
@Command(
    name = "embed",
    mixinStandardHelpOptions = true,
    description = "Turns texts into vectors; of several texts it prints how alike they are.")
public final class EmbedCommand extends PipelineCommand<Embedding, EmbedCommand.Embeddings> {
  private static final int SHOWN_TEXTS = 12;

  /** Of an element of a vector of length 1. */
  private static final double TOLERANCE = 1e-3;

  @Parameters(paramLabel = "TEXT", arity = "0..*", description = "Texts.")
  private List<String> given = List.of();

  @Option(
      names = {"-m", "--model"},
      paramLabel = "MODEL",
      description =
          "An encoder: a name (minilm by default), a folder with model.onnx and tokenizer.json, or a GGUF file.")
  private String model = "minilm";

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

  private final List<String> texts = new ArrayList<>();

  /** Vectors of all texts. */
  record Embeddings(int dimensions, Pooling pooling, List<float[]> vectors) {
    String poolingName() {
      return pooling.name().toLowerCase(Locale.ROOT);
    }
  }

  @Override
  String model() {
    return model;
  }

  @Override
  void prepare(Output output) {
    if (longest < 0 || pooling == Pooling.NONE) {
      throw new GatunException(
          GatunException.Kind.USAGE, "--longest is positive, --pooling is mean, cls or last");
    }
    texts.addAll(given);
    if (file != null) {
      try {
        texts.addAll(Files.readAllLines(file, StandardCharsets.UTF_8));
      } catch (IOException e) {
        throw new GatunException(
            GatunException.Kind.FAILURE,
            "%s cannot be read (%s)".formatted(file, GatunException.reason(e)),
            e);
      }
    }
    if (texts.isEmpty()) {
      throw new GatunException(GatunException.Kind.USAGE, "give at least one text, or --file");
    }
  }

  @Override
  Embedding load(GatunRuntime runtime, Policy policy, PullListener listener) {
    EmbeddingOptions options =
        EmbeddingOptions.DEFAULT.withPolicy(policy).withNormalize(!raw).withLongest(longest);
    return Embedding.load(
        runtime, model, pooling == null ? options : options.withPooling(pooling), listener);
  }

  @Override
  Embeddings run(Embedding embedding) {
    return new Embeddings(embedding.dimensions(), embedding.pooling(), embedding.embed(texts));
  }

  @Override
  String summary(Embeddings result) {
    return "%d x %d, pooling %s"
        .formatted(result.vectors().size(), result.dimensions(), result.poolingName());
  }

  @Override
  Difference difference(Embeddings reference, Embeddings other) {
    boolean same = reference.dimensions() == other.dimensions();
    double largest = 0;
    for (int i = 0; same && i < reference.vectors().size(); i++) {
      for (int k = 0; k < reference.dimensions(); k++) {
        double difference = Math.abs(reference.vectors().get(i)[k] - other.vectors().get(i)[k]);
        // A NaN is no small difference.
        largest = difference <= largest ? largest : difference;
      }
    }
    return new Difference(largest, TOLERANCE, same, "of an element of a vector");
  }

  @Override
  void print(Output output, Embeddings result) {
    output.note("gatun: " + summary(result));
    List<float[]> vectors = result.vectors();
    if (vectors.size() == 1 || vectors.size() > SHOWN_TEXTS) {
      vectors.forEach(vector -> output.line(numbers(vector)));
      return;
    }
    for (int i = 0; i < vectors.size(); i++) {
      var row = new StringBuilder();
      for (float[] other : vectors) {
        row.append("%7.3f".formatted(Embedding.similarity(vectors.get(i), other)));
      }
      output.line(row + "  " + Printable.of(texts.get(i)));
    }
  }

  private static String numbers(float... vector) {
    var text = new StringBuilder();
    for (float x : vector) {
      text.append(text.isEmpty() ? "" : " ").append(x);
    }
    return text.toString();
  }

  @Override
  Map<String, Object> members(Embeddings result) {
    List<float[]> vectors = result.vectors();
    List<Map<String, Object>> list = new ArrayList<>();
    List<List<Double>> alike = new ArrayList<>();
    for (int i = 0; i < vectors.size(); i++) {
      Map<String, Object> entry = new LinkedHashMap<>();
      entry.put("text", texts.get(i));
      entry.put("vector", vectors.get(i));
      list.add(entry);
      List<Double> row = new ArrayList<>();
      for (float[] other : vectors.size() > SHOWN_TEXTS ? List.<float[]>of() : vectors) {
        row.add(Embedding.similarity(vectors.get(i), other));
      }
      alike.add(row);
    }
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("dimensions", result.dimensions());
    members.put("pooling", result.poolingName());
    members.put("embeddings", list);
    members.put("similarity", vectors.size() > SHOWN_TEXTS ? List.of() : alike);
    return members;
  }
}
