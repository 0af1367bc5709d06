package dev.gatun.runtime.fetch;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** A package client of this machine, as a command that answers. */
final class ClientTool {
  private static final int SECONDS_TO_ANSWER = 60;
  private static final int TAIL = 4000;

  private final List<String> command;

  private ClientTool(List<String> command) {
    this.command = List.copyOf(command);
  }

  /** Called now and then while a command runs. */
  interface Ticker {
    void tick() throws IOException;
  }

  /**
   * Looks for a client.
   *
   * @param name what people call it
   * @param configured a command given by the user, words separated by spaces; then nothing else is
   *     tried
   * @param candidates what to try otherwise
   * @param remedy what helps when none answers
   * @throws FetchException when none answers
   */
  static ClientTool find(
      String name, Optional<String> configured, List<List<String>> candidates, String remedy)
      throws IOException, InterruptedException {
    List<List<String>> tried =
        configured.map(words -> List.of(List.of(words.split(" +", -1)))).orElse(candidates);
    for (List<String> candidate : tried) {
      if (answers(candidate)) {
        return new ClientTool(candidate);
      }
    }
    throw new FetchException(
        configured
            .map(words ->
                "'%s' does not answer; it was set as the command of %s".formatted(words, name))
            .orElse("no %s was found; %s".formatted(name, remedy)));
  }

  static boolean isWindows() {
    return File.separatorChar == '\\';
  }

  private static boolean answers(List<String> candidate) throws InterruptedException {
    List<String> line = new ArrayList<>(candidate);
    line.add("--version");
    try {
      ProcessBuilder builder =
          new ProcessBuilder(line)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD);
      environment(builder.environment());
      Process process = builder.start();
      try {
        process.getOutputStream().close();
        return process.waitFor(SECONDS_TO_ANSWER, TimeUnit.SECONDS) && process.exitValue() == 0;
      } finally {
        process.destroyForcibly();
      }
    } catch (IOException e) {
      // Not there: the next candidate may be.
      return false;
    }
  }

  /** Maven needs a Java; the one that runs this serves where none is named. */
  private static void environment(Map<String, String> environment) {
    Path java = Path.of(System.getProperty("java.home"));
    if (Files.isDirectory(java.resolve("bin"))) {
      environment.putIfAbsent("JAVA_HOME", java.toString());
    }
    environment.put("PYTHONIOENCODING", "utf-8");
  }

  /**
   * Runs the client in a folder, where its temporary files and its output go too.
   *
   * @throws FetchException with the client's last words when it fails
   */
  void run(List<String> arguments, Path folder, Ticker ticker)
      throws IOException, InterruptedException {
    List<String> line = new ArrayList<>(command);
    line.addAll(arguments);
    Path output = folder.resolve("output.txt");
    ProcessBuilder builder =
        new ProcessBuilder(line)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile());
    environment(builder.environment());
    for (String name : List.of("TMPDIR", "TEMP", "TMP")) {
      builder.environment().put(name, folder.toString());
    }
    Process process = builder.start();
    try {
      process.getOutputStream().close();
      while (!process.waitFor(200, TimeUnit.MILLISECONDS)) {
        ticker.tick();
      }
      if (process.exitValue() != 0) {
        throw new FetchException(explain(output));
      }
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
  }

  private String explain(Path output) throws IOException {
    String name = String.join(" ", command);
    String text = tail(output);
    if (text.contains("DO NOT MATCH THE HASHES")) {
      return name + " found a file with another digest than the pinned one and refused it";
    }
    if (text.contains("No space left") || text.contains("ENOSPC")) {
      return name + " ran out of space";
    }
    String words = words(text);
    boolean missing =
        List.of(
                "No matching distribution",
                "NewConnectionError",
                "ENOTFOUND",
                "ECONNREFUSED",
                "E404",
                "Could not find artifact",
                "Could not transfer artifact")
            .stream()
            .anyMatch(text::contains);
    return missing
        ? name + " could not reach its package index or did not find the package: " + words
        : name + " failed: " + words;
  }

  private static String tail(Path output) throws IOException {
    byte[] bytes = Files.readAllBytes(output);
    int start = Math.max(0, bytes.length - TAIL);
    return new String(bytes, start, bytes.length - start, StandardCharsets.UTF_8);
  }

  /** The lines that tell of errors, at most three; else the last line. */
  private static String words(String text) {
    List<String> lines = text.lines().map(String::strip).filter(line -> !line.isEmpty()).toList();
    List<String> errors =
        lines.stream()
            .filter(line ->
                line.startsWith("ERROR")
                    || line.startsWith("[ERROR]")
                    || line.startsWith("npm ERR"))
            .limit(3)
            .toList();
    if (!errors.isEmpty()) {
      return String.join(" | ", errors);
    }
    return lines.isEmpty() ? "it said nothing" : lines.getLast();
  }
}
