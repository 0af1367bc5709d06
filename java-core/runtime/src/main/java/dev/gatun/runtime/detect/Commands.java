package dev.gatun.runtime.detect;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Runs the system's small tools; what fails or takes too long is empty. */
public interface Commands {
  /** Standard output of a command, without white space around it. */
  Optional<String> output(List<String> command);

  /** The real ones. */
  static Commands real() {
    return Commands::run;
  }

  private static Optional<String> run(List<String> command) {
    final int largest = 1 << 20;
    try {
      Process process =
          new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
      try {
        process.getOutputStream().close();
        Thread watch = Thread.ofVirtual().start(() -> end(process));
        String text =
            new String(process.getInputStream().readNBytes(largest), StandardCharsets.UTF_8);
        watch.interrupt();
        return process.waitFor(1, TimeUnit.SECONDS) && process.exitValue() == 0
            ? Optional.of(text.strip())
            : Optional.empty();
      } finally {
        process.destroyForcibly();
      }
    } catch (IOException e) {
      return Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }

  private static void end(Process process) {
    final int seconds = 10;
    try {
      if (!process.waitFor(seconds, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
