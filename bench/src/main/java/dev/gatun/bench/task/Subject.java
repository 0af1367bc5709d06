package dev.gatun.bench.task;

import dev.gatun.bench.report.Quantity;
import dev.gatun.runtime.plan.Explanation;
import dev.gatun.runtime.spi.Roofline;
import java.util.Optional;

/** A model on a device, ready for queries. Used by one thread at a time; owns the model. */
public interface Subject extends AutoCloseable {
  /**
   * Runs one query of a test.
   *
   * @return nanoseconds, without what has to be prepared before
   */
  long query(BenchTest test);

  /** Operations and bytes of one query of a test, when they can be counted. */
  Optional<Work> work(BenchTest test);

  /** The answer to a question that is the same for every device. */
  Answer answer();

  Explanation explain();

  /** Of loading, the seconds that the device's compiler took. */
  Quantity compileSeconds();

  /** Tokens of a prefill block; 0 for no language model. */
  default int batch() {
    return 0;
  }

  /** Measures the device's limits, when it can. */
  default Optional<Roofline> roofline() {
    return Optional.empty();
  }

  @Override
  void close();
}
