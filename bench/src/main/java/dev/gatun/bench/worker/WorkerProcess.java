package dev.gatun.bench.worker;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.gatun.bench.task.Answer;
import dev.gatun.tensor.GatunException;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.File;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/** A model on one of our devices, in a process of its own with this JVM's flags. */
public final class WorkerProcess implements Contestant {
  /** Last lines of a dead worker that are shown. */
  private static final int SHOWN = 6;

  private final Job job;
  private final Process process;
  private final BufferedWriter orders;
  private final BufferedReader replies;
  private final Deque<String> errors = new ArrayDeque<>();
  private final Thread listener;

  private WorkerProcess(Job job, Process process) {
    this.job = job;
    this.process = process;
    orders = process.outputWriter(StandardCharsets.UTF_8);
    replies = process.inputReader(StandardCharsets.UTF_8);
    listener = Thread.ofVirtual().start(this::listen);
  }

  /**
   * Starts the process.
   *
   * @throws GatunException when this JVM has no launcher
   */
  public static WorkerProcess start(Job job) {
    try {
      return new WorkerProcess(job, new ProcessBuilder(command()).start());
    } catch (IOException e) {
      throw new GatunException(
          GatunException.Kind.FAILURE,
          "no process can be started to measure in: " + GatunException.reason(e),
          e);
    }
  }

  /** JVM flags that measuring processes have. */
  public static List<String> flags() {
    return ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(flag -> !flag.startsWith("-Djdk.module") && !flag.startsWith("--module-path="))
        .filter(flag -> !flag.startsWith("-agentlib") && !flag.startsWith("-javaagent"))
        .toList();
  }

  private static List<String> command() {
    List<String> command = new ArrayList<>();
    String java = File.separatorChar == '\\' ? "java.exe" : "java";
    command.add(Path.of(System.getProperty("java.home"), "bin", java).toString());
    command.addAll(flags());
    path("jdk.module.path").ifPresent(path -> command.addAll(List.of("--module-path", path)));
    path("java.class.path").ifPresent(path -> command.addAll(List.of("--class-path", path)));
    Module own = WorkerMain.class.getModule();
    String main = WorkerMain.class.getName();
    command.addAll(own.isNamed() ? List.of("--module", own.getName() + "/" + main) : List.of(main));
    return command;
  }

  private static Optional<String> path(String property) {
    return Optional.ofNullable(System.getProperty(property)).filter(path -> !path.isBlank());
  }

  /** Keeps the last lines of what it says on standard error, and lets it never wait. */
  private void listen() {
    try (BufferedReader lines = process.errorReader(StandardCharsets.UTF_8)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        note(line);
      }
    } catch (IOException e) {
      // The process is gone; its exit code tells.
      return;
    }
  }

  private void note(String line) {
    synchronized (errors) {
      errors.addLast(line);
      if (errors.size() > SHOWN) {
        errors.removeFirst();
      }
    }
  }

  private <T extends Reply> T order(Request request, Class<T> expected) {
    Reply reply;
    try {
      orders.write(Wire.line(request));
      orders.newLine();
      orders.flush();
      reply = Wire.reply(replies, this::note);
    } catch (JsonProcessingException e) {
      throw died("it wrote what is no reply: " + e.getOriginalMessage());
    } catch (IOException e) {
      throw died(e.toString());
    }
    if (reply == null) {
      throw died("it ended");
    }
    if (reply instanceof Reply.Failed failed) {
      throw new ContestantException(failed.kind(), failed.reason(), failed.remedy());
    }
    return expected.cast(reply);
  }

  private ContestantException died(String how) {
    String last;
    try {
      process.destroy();
      int code = process.waitFor();
      listener.join();
      synchronized (errors) {
        last = String.join(" | ", errors);
      }
      how = how + ", exit code " + code;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      last = "interrupted";
    }
    return new ContestantException(
        GatunException.Kind.FAILURE,
        "its process died (%s)%s".formatted(how, last.isEmpty() ? "" : ": " + last),
        "");
  }

  @Override
  public Reply.Opened open() {
    return order(new Request.Open(job), Reply.Opened.class);
  }

  @Override
  public Reply.Warmed warm(int test, double seconds) {
    return order(new Request.Warm(test, seconds), Reply.Warmed.class);
  }

  @Override
  public Reply.Measured measure(int test, double seconds, double perSecond) {
    return order(new Request.Measure(test, seconds, perSecond), Reply.Measured.class);
  }

  @Override
  public Optional<Reply.Limited> limits() {
    return Optional.of(order(new Request.Limits(), Reply.Limited.class))
        .filter(limited -> !limited.arithmetic().isEmpty());
  }

  @Override
  public Optional<Answer> answer() {
    Reply.Answered answered = order(new Request.Ask(), Reply.Answered.class);
    return Optional.of(new Answer(answered.values(), answered.labels()));
  }

  @Override
  public Reply.Finished finish() {
    return order(new Request.Finish(), Reply.Finished.class);
  }

  /** Ends the process, whatever it does. Idempotent. */
  @Override
  public void close() {
    process.destroy();
  }
}
