package dev.gatun.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.gatun.tensor.GatunException;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** llama.cpp's own benchmark as a program: the peer that runs beside ours on the same file. */
public final class LlamaBench {
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
  public double run(Path model, Scenario scenario, int threads) {
    boolean prefill = scenario.kind() == Scenario.Kind.PREFILL;
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
    try {
      Process process =
          new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
      JsonNode results = new ObjectMapper().readTree(process.getInputStream().readAllBytes());
      if (process.waitFor() != 0 || results.size() != 1) {
        throw failure(command, "gave no result");
      }
      JsonNode result = results.get(0);
      if (!Path.of(result.path("model_filename").asText()).equals(model)) {
        throw failure(command, "measured " + result.path("model_filename"));
      }
      return result.path("avg_ts").asDouble();
    } catch (IOException e) {
      throw failure(command, e.toString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw failure(command, "was interrupted");
    }
  }

  private static GatunException failure(List<String> command, String what) {
    return new GatunException(GatunException.Kind.FAILURE, String.join(" ", command) + " " + what);
  }
}
