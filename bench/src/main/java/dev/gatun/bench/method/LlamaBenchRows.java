package dev.gatun.bench.method;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.gatun.bench.report.BenchReport.ModelLine;
import dev.gatun.bench.report.Interval;
import dev.gatun.bench.report.Quantity;
import dev.gatun.bench.report.Row;
import dev.gatun.bench.task.Scenario;
import dev.gatun.bench.task.TokenTest;
import dev.gatun.tensor.GatunException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Rows of what {@code llama-bench -o json} printed, so that it stands beside ours. */
public final class LlamaBenchRows {
  private static final long MAX_BYTES = 64L << 20;
  private static final Quantity UNKNOWN = Quantity.unavailable("llama-bench does not tell");

  private LlamaBenchRows() {}

  /**
   * Reads a file; each of its samples is a round.
   *
   * @param models of the report: a result of the same file name has that model's name
   * @throws GatunException of kind USAGE when the file is none of llama-bench's
   */
  public static List<Row> read(Path file, List<ModelLine> models) {
    try {
      if (Files.size(file) > MAX_BYTES) {
        throw bad(file, "is larger than anything llama-bench prints");
      }
      JsonNode results = new ObjectMapper().readTree(file.toFile());
      if (results == null || !results.isArray() || results.isEmpty()) {
        throw bad(file, "is no list of results");
      }
      List<Row> rows = new ArrayList<>();
      for (JsonNode result : results) {
        rows.add(row(file, result, models));
      }
      return rows;
    } catch (JsonProcessingException e) {
      throw bad(file, "is no JSON: " + e.getOriginalMessage());
    } catch (IOException e) {
      throw bad(file, "cannot be read: " + e.getMessage());
    }
  }

  private static Row row(Path file, JsonNode result, List<ModelLine> models) {
    int prompt = result.path("n_prompt").asInt();
    int generated = result.path("n_gen").asInt();
    JsonNode samples = result.path("samples_ns");
    if ((prompt == 0) == (generated == 0) || !samples.isArray() || samples.isEmpty()) {
      throw bad(
          file, "has a result that is neither prefill nor decode with its samples: " + result);
    }
    TokenTest test =
        new TokenTest(
            prompt > 0 ? TokenTest.Kind.PREFILL : TokenTest.Kind.DECODE,
            prompt + generated,
            result.path("n_depth").asInt(),
            1);
    List<Row.Round> rounds = new ArrayList<>();
    for (JsonNode sample : samples) {
      rounds.add(new Row.Round(0, rounds.size(), List.of(sample.asDouble() / 1e9)));
    }
    Row.Latency latency = Rows.latency(rounds);
    Interval p50 = latency.p50();
    return new Row(
        name(result.path("model_filename").asText(), models),
        test.label(),
        Scenario.TOKENS.label(),
        "llama.cpp " + result.path("build_commit").asText() + " (imported)",
        false,
        test.unit(),
        test.items(),
        UNKNOWN,
        UNKNOWN,
        UNKNOWN,
        new Row.Warmup(0, 0, true),
        rounds,
        latency,
        new Interval(
            test.items() / p50.value(), test.items() / p50.high(), test.items() / p50.low()),
        UNKNOWN,
        UNKNOWN,
        UNKNOWN,
        UNKNOWN,
        UNKNOWN,
        UNKNOWN,
        UNKNOWN,
        new Row.Limit("", 0, 0, UNKNOWN),
        Accuracies.unknown("", "measured elsewhere"),
        "");
  }

  private static String name(String path, List<ModelLine> models) {
    String file = path.substring(path.lastIndexOf('/') + 1);
    return models.stream()
        .filter(model -> model.file().equals(file))
        .map(ModelLine::name)
        .findFirst()
        .orElse(file);
  }

  private static GatunException bad(Path file, String what) {
    return new GatunException(
        GatunException.Kind.USAGE,
        "%s %s; `llama-bench -o json` makes such a file".formatted(file, what));
  }
}
