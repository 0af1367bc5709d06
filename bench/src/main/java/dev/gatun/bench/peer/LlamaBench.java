package dev.gatun.bench.peer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.gatun.bench.task.TokenTest;
import dev.gatun.tensor.GatunException;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * llama.cpp's own benchmarks as programs, the peers that run beside ours on the same file:
 * llama-bench, and for several sequences at once llama-batched-bench, expected in the same folder.
 */
public final class LlamaBench {
  /** Contexts are multiples of it. */
  private static final int CELLS = 256;

  private final Path program;

  private LlamaBench(Path program) {
    this.program = program;
  }

  /**
   * Finds the program.
   *
   * @param where its path, or empty to look on PATH
   * @throws GatunException when there is none
   */
  public static LlamaBench find(String where) {
    if (!where.isEmpty()) {
      Path program = Path.of(where);
      if (Files.isExecutable(program)) {
        return new LlamaBench(program);
      }
    } else {
      for (String folder : System.getenv().getOrDefault("PATH", "").split(File.pathSeparator, -1)) {
        Path program = Path.of(folder, "llama-bench");
        if (Files.isExecutable(program)) {
          return new LlamaBench(program);
        }
      }
    }
    throw new GatunException(
        GatunException.Kind.USAGE,
        "llama-bench was not found %s; build llama.cpp and name the program: --peer PATH"
            .formatted(where.isEmpty() ? "on the PATH" : "at " + where));
  }

  /**
   * Runs one scenario once.
   *
   * @return tokens a second
   * @throws GatunException when it fails or reports another file
   */
  public double run(Path model, TokenTest scenario, int threads) {
    return scenario.sequences() > 1
        ? batched(model, scenario, threads)
        : single(model, scenario, threads);
  }

  private double single(Path model, TokenTest scenario, int threads) {
    boolean prefill = scenario.kind() == TokenTest.Kind.PREFILL;
    List<String> command =
        List.of(
            program.toString(),
            "-m",
            model.toString(),
            "-t",
            Integer.toString(threads),
            "-r",
            "1",
            "-p",
            Integer.toString(prefill ? scenario.tokens() : 0),
            "-n",
            Integer.toString(prefill ? 0 : scenario.tokens()),
            "-d",
            Integer.toString(scenario.depth()),
            "-o",
            "json");
    JsonNode results = json(command, output(command));
    if (results.size() != 1) {
      throw failure(command, "gave no result");
    }
    JsonNode result = results.get(0);
    if (!Path.of(result.path("model_filename").asText()).equals(model)) {
      throw failure(command, "measured " + result.path("model_filename"));
    }
    return result.path("avg_ts").asDouble();
  }

  /** It wants a prompt of at least one token. */
  private double batched(Path model, TokenTest scenario, int threads) {
    Path batched = program.resolveSibling("llama-batched-bench");
    if (!Files.isExecutable(batched)) {
      throw new GatunException(
          GatunException.Kind.USAGE,
          "several sequences at once are measured with llama-batched-bench, and "
              + batched
              + " is not there; build it, or leave out -npl or --peer");
    }
    int prompt = Math.max(1, scenario.depth());
    int context = (prompt + scenario.tokens() + CELLS - 1) / CELLS * CELLS;
    List<String> command =
        List.of(
            batched.toString(),
            "-m",
            model.toString(),
            "-t",
            Integer.toString(threads),
            "-c",
            Integer.toString(scenario.sequences() * context),
            "-npp",
            Integer.toString(prompt),
            "-ntg",
            Integer.toString(scenario.tokens()),
            "-npl",
            Integer.toString(scenario.sequences()),
            "--output-format",
            "jsonl");
    String line =
        output(command)
            .lines()
            .filter(text -> text.startsWith("{"))
            .findFirst()
            .orElseThrow(() -> failure(command, "gave no result"));
    JsonNode result = json(command, line);
    if (result.path("pl").asInt() != scenario.sequences()
        || result.path("n_threads").asInt() != threads) {
      throw failure(command, "measured " + line);
    }
    return result.path("speed_tg").asDouble();
  }

  private static String output(List<String> command) {
    try {
      Process process =
          new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
      String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (process.waitFor() != 0) {
        throw failure(command, "failed");
      }
      return text;
    } catch (IOException e) {
      throw failure(command, e.toString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw failure(command, "was interrupted");
    }
  }

  private static JsonNode json(List<String> command, String text) {
    try {
      return new ObjectMapper().readTree(text);
    } catch (IOException e) {
      throw failure(command, "printed no JSON: " + e.getMessage());
    }
  }

  private static GatunException failure(List<String> command, String what) {
    return new GatunException(GatunException.Kind.FAILURE, String.join(" ", command) + " " + what);
  }
}
