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

/** The machine's own pip, as a command. */
public final class Pip {
  private static final int SECONDS_TO_ANSWER = 30;
  private static final int TAIL = 2000;

  private final List<String> command;

  private Pip(List<String> command) {
    this.command = List.copyOf(command);
  }

  /**
   * Looks for pip.
   *
   * @param configured a command given by the user, words separated by spaces; then nothing else is
   *     tried
   * @throws FetchException when none answers, saying what to do
   */
  public static Pip find(Optional<String> configured) throws IOException, InterruptedException {
    List<List<String>> candidates =
        configured.isPresent() ? List.of(List.of(configured.get().split(" +", -1))) : candidates();
    for (List<String> candidate : candidates) {
      if (answers(candidate)) {
        return new Pip(candidate);
      }
    }
    throw new FetchException(
        configured.isPresent()
            ? "'" + configured.get() + "' does not answer; it was set as the command of pip"
            : "no pip was found; install Python 3 with pip, or name its command with"
                + " -Dgatun.pip.command=\"COMMAND\"");
  }

  private static List<List<String>> candidates() {
    List<List<String>> all = new ArrayList<>();
    if (File.separatorChar == '\\') {
      all.add(List.of("py", "-m", "pip"));
    }
    all.add(List.of("python3", "-m", "pip"));
    all.add(List.of("pip3"));
    all.add(List.of("pip"));
    all.add(List.of("python", "-m", "pip"));
    return all;
  }

  private static boolean answers(List<String> candidate) throws InterruptedException {
    List<String> line = new ArrayList<>(candidate);
    line.add("--version");
    try {
      Process process =
          new ProcessBuilder(line)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
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

  /** A download in progress. */
  interface Ticker {
    void tick() throws IOException;
  }

  /**
   * Downloads the wheels that a requirements file with digests names.
   *
   * @param folder where the wheels and pip's own temporary files go
   * @throws FetchException with pip's last words when it fails
   */
  void download(Path requirements, Path folder, Ticker ticker)
      throws IOException, InterruptedException {
    List<String> line = new ArrayList<>(command);
    line.addAll(
        List.of(
            "download",
            "--disable-pip-version-check",
            "--no-input",
            "--progress-bar",
            "off",
            "--no-deps",
            "--require-hashes",
            "--only-binary=:all:",
            "-r",
            requirements.toString(),
            "-d",
            folder.toString()));
    Path output = folder.resolve("output.txt");
    ProcessBuilder builder =
        new ProcessBuilder(line).redirectErrorStream(true).redirectOutput(output.toFile());
    Map<String, String> environment = builder.environment();
    for (String name : List.of("TMPDIR", "TEMP", "TMP")) {
      environment.put(name, folder.toString());
    }
    environment.put("PYTHONIOENCODING", "utf-8");
    Process process = builder.start();
    try {
      process.getOutputStream().close();
      while (!process.waitFor(200, TimeUnit.MILLISECONDS)) {
        ticker.tick();
      }
      if (process.exitValue() != 0) {
        throw new FetchException(explain(tail(output)));
      }
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
  }

  private String explain(String words) {
    String name = String.join(" ", command);
    if (words.contains("DO NOT MATCH THE HASHES")) {
      return name + " found a file with another digest than the catalogue's and refused it";
    }
    if (words.contains("No space left")) {
      return name + " ran out of space";
    }
    if (words.contains("No matching distribution") || words.contains("NewConnectionError")) {
      return name + " could not reach its package index or did not find the package: " + words;
    }
    return name + " failed: " + words;
  }

  private static String tail(Path output) throws IOException {
    byte[] bytes = Files.readAllBytes(output);
    int start = Math.max(0, bytes.length - TAIL);
    String text = new String(bytes, start, bytes.length - start, StandardCharsets.UTF_8);
    return text.lines()
        .map(String::strip)
        .filter(line -> !line.isEmpty())
        .reduce((a, b) -> b)
        .map(last -> text.contains("ERROR") ? errors(text) : last)
        .orElse("it said nothing");
  }

  private static String errors(String text) {
    return String.join(
        " | ", text.lines().map(String::strip).filter(line -> line.startsWith("ERROR")).toList());
  }
}
