package dev.gatun.bench.task;

import dev.gatun.bench.report.Quantity;
import dev.gatun.graph.Cost;
import dev.gatun.pipelines.Pipeline;
import dev.gatun.runtime.GatunRuntime;
import dev.gatun.runtime.plan.Explanation;
import dev.gatun.runtime.spi.Roofline;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Function;

/**
 * A pipeline from end to end: what a user waits for, tokenizing, scaling and decoding included.
 *
 * @param runtime of the pipeline, with nothing else open
 * @param ask runs so many samples
 * @param answers of the fixed question
 */
record PipelineSubject<P extends Pipeline>(
    GatunRuntime runtime, P pipeline, BiConsumer<P, Integer> ask, Function<P, Answer> answers)
    implements Subject {
  @Override
  public long query(BenchTest test) {
    long start = System.nanoTime();
    ask.accept(pipeline, test.items());
    return System.nanoTime() - start;
  }

  /**
   * What its networks do at the sizes that the data have; the rest of the pipeline is not in it.
   */
  @Override
  public Optional<Work> work(BenchTest test) {
    Cost cost = runtime.workOf(() -> ask.accept(pipeline, test.items()));
    return cost.flops() == 0 ? Optional.empty() : Optional.of(new Work(cost.flops(), cost.bytes()));
  }

  @Override
  public Optional<Roofline> roofline() {
    return Rooflines.of(runtime, explain());
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
