package dev.gatun.bench.task;

import dev.gatun.bench.report.Quantity;
import dev.gatun.pipelines.Pipeline;
import dev.gatun.runtime.plan.Explanation;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Function;

/**
 * A pipeline from end to end: what a user waits for, tokenizing, scaling and decoding included.
 *
 * @param ask runs so many samples
 * @param answers of the fixed question
 */
record PipelineSubject<P extends Pipeline>(
    P pipeline, BiConsumer<P, Integer> ask, Function<P, Answer> answers) implements Subject {
  @Override
  public long query(BenchTest test) {
    long start = System.nanoTime();
    ask.accept(pipeline, test.items());
    return System.nanoTime() - start;
  }

  /** A pipeline runs its networks at sizes that depend on the data. */
  @Override
  public Optional<Work> work(BenchTest test) {
    return Optional.empty();
  }

  @Override
  public Answer answer() {
    return answers.apply(pipeline);
  }

  @Override
  public Explanation explain() {
    return pipeline.explain();
  }

  @Override
  public Quantity compileSeconds() {
    return Quantity.unavailable("not told apart from loading in a pipeline");
  }

  @Override
  public void close() {
    pipeline.close();
  }
}
