package dev.gatun.bench.worker;

import dev.gatun.bench.task.Answer;
import java.util.Optional;

/** One that is measured: a model on one of our devices, or a peer. Used by one thread. */
public interface Contestant extends AutoCloseable {
  /**
   * Loads the model; comes first.
   *
   * @throws ContestantException when it does not run; so do the others
   */
  Reply.Opened open();

  /**
   * Runs a test until it is steady.
   *
   * @param seconds at most
   */
  Reply.Warmed warm(int test, double seconds);

  /** Measures a test for so long; at a rate of arrivals in the scenario SERVER. */
  Reply.Measured measure(int test, double seconds, double perSecond);

  /** The device's limits, measured now; empty when it cannot tell. */
  Optional<Reply.Limited> limits();

  /** The answer to the fixed question; empty for one that cannot be asked. */
  Optional<Answer> answer();

  /** What it used at most. */
  Reply.Finished finish();

  @Override
  void close();
}
