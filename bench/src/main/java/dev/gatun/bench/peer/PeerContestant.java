package dev.gatun.bench.peer;

import dev.gatun.bench.report.Quantity;
import dev.gatun.bench.task.Answer;
import dev.gatun.bench.task.BenchTest;
import dev.gatun.bench.task.TokenTest;
import dev.gatun.bench.worker.Contestant;
import dev.gatun.bench.worker.Reply;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** llama.cpp as a contestant: a process for each measurement, which loads the file anew. */
public final class PeerContestant implements Contestant {
  /** Its name in place of a device. */
  public static final String DEVICE = "llama.cpp";

  private static final Quantity UNKNOWN = Quantity.unavailable("llama-bench does not tell");

  private final LlamaBench bench;
  private final Path model;
  private final List<BenchTest> tests;
  private final int threads;

  public PeerContestant(LlamaBench bench, Path model, List<BenchTest> tests, int threads) {
    this.bench = bench;
    this.model = model;
    this.tests = List.copyOf(tests);
    this.threads = threads;
  }

  @Override
  public Reply.Opened open() {
    return new Reply.Opened(DEVICE, UNKNOWN, UNKNOWN, "CPU", false, 1, 1, 0, List.of(), List.of());
  }

  private double seconds(int test) {
    TokenTest wanted = (TokenTest) tests.get(test);
    return wanted.items() / bench.run(model, wanted, threads);
  }

  /** Once: llama-bench warms itself up before each measurement. */
  @Override
  public Reply.Warmed warm(int test, double most) {
    double seconds = seconds(test);
    return new Reply.Warmed(seconds, seconds, 1, seconds, true, UNKNOWN, UNKNOWN);
  }

  /** Once: a process each. */
  @Override
  public Reply.Measured measure(int test, double seconds, double perSecond) {
    return Reply.Measured.of(List.of(seconds(test)));
  }

  @Override
  public Optional<Reply.Limited> limits() {
    return Optional.empty();
  }

  @Override
  public Optional<Answer> answer() {
    return Optional.empty();
  }

  @Override
  public Reply.Finished finish() {
    return new Reply.Finished(UNKNOWN, UNKNOWN);
  }

  @Override
  public void close() {
    // Nothing stays between measurements.
  }
}
