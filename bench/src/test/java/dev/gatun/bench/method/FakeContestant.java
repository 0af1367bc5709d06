package dev.gatun.bench.method;

import dev.gatun.bench.report.Quantity;
import dev.gatun.bench.task.Answer;
import dev.gatun.bench.worker.Contestant;
import dev.gatun.bench.worker.ContestantException;
import dev.gatun.bench.worker.Reply;
import dev.gatun.tensor.GatunException;
import java.util.List;
import java.util.Optional;

/** Takes the seconds that it is told to, without taking them; notes what it is asked in a log. */
final class FakeContestant implements Contestant {
  /** Of a test in a round, on {@code cuda}. */
  static final double JOULES = 6;

  private final String device;
  private final double seconds;
  private final List<Float> answer;
  private final int failingRound;
  private final List<String> log;
  private int rounds;

  /**
   * @param failingRound in which its process dies; negative for none, 0 when opened
   */
  FakeContestant(
      String device, double seconds, List<Float> answer, int failingRound, List<String> log) {
    this.device = device;
    this.seconds = seconds;
    this.answer = answer;
    this.failingRound = failingRound;
    this.log = log;
  }

  private void die(int round) {
    if (round == failingRound) {
      throw new ContestantException(GatunException.Kind.FAILURE, "it fell over", "lift it up");
    }
  }

  @Override
  public Reply.Opened open() {
    log.add("open " + device);
    die(0);
    return new Reply.Opened(
        device,
        Quantity.of(1),
        Quantity.of(0.5),
        device.startsWith("cuda") ? "GPU" : "CPU",
        device.startsWith("qnn"),
        1,
        1,
        512,
        List.of(),
        List.of());
  }

  @Override
  public Reply.Warmed warm(int test, double most) {
    return new Reply.Warmed(
        3 * seconds, seconds, 4, 4 * seconds, true, Quantity.of(8e9), Quantity.of(1e9));
  }

  @Override
  public Reply.Measured measure(int test, double most, double perSecond) {
    log.add("measure " + device + " " + test);
    rounds++;
    die(rounds);
    List<Double> queries = List.of(seconds, seconds * (1 + 0.001 * rounds), seconds * 1.01);
    return device.startsWith("cuda")
        ? new Reply.Measured(
            queries,
            Quantity.of(JOULES),
            Quantity.of(1980),
            Quantity.unavailable("no sensor"),
            Quantity.of(700))
        : Reply.Measured.of(queries);
  }

  @Override
  public Optional<Reply.Limited> limits() {
    return Optional.of(new Reply.Limited(20e9, 100e9, "f32"));
  }

  @Override
  public Optional<Answer> answer() {
    return Optional.of(new Answer(answer, List.of("a")));
  }

  @Override
  public Reply.Finished finish() {
    return new Reply.Finished(Quantity.of(1e6), Quantity.of(2e6));
  }

  @Override
  public void close() {
    log.add("close " + device);
  }
}
