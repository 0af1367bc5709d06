package dev.gatun.bench.task;

import dev.gatun.bench.report.Quantity;
import dev.gatun.pipelines.LanguageModel;
import dev.gatun.runtime.GatunRuntime;
import dev.gatun.runtime.plan.Explanation;
import dev.gatun.runtime.session.Session;
import dev.gatun.runtime.spi.Batch;
import dev.gatun.runtime.spi.Roofline;
import java.util.Optional;
import java.util.SplittableRandom;

/** A language model: prefill and decode. */
final class LanguageSubject implements Subject {
  /** Tokens of the question: a prompt, and steps after it whose logits are the answer. */
  private static final int PROMPT = 24;

  private static final int STEPS = 8;

  private final GatunRuntime runtime;
  private final LanguageModel model;
  private Throughput throughput;

  LanguageSubject(GatunRuntime runtime, LanguageModel model) {
    this.runtime = runtime;
    this.model = model;
    throughput = new Throughput(model);
  }

  @Override
  public long query(BenchTest test) {
    return throughput.run((TokenTest) test);
  }

  @Override
  public Optional<Work> work(BenchTest test) {
    return Optional.of(
        Work.of(model.plan().plan().request().graph(), (TokenTest) test, model.options().batch())
            .times(test.items()));
  }

  /** Logits of the steps. A session of its own, since a vendor's may hold one at a time. */
  @Override
  public Answer answer() {
    throughput.close();
    try (Session session = model.newSession()) {
      int prompt = Math.min(PROMPT, model.contextLength() - STEPS);
      var random = new SplittableRandom(7);
      int vocabulary = model.model().vocabularySize();
      session.openSequence(0);
      Batch batch = new Batch(Math.max(1, Math.min(prompt, model.options().batch())));
      float[] values = new float[0];
      int columns = 0;
      for (int at = 0; at < prompt + STEPS; at++) {
        batch.clear();
        batch.add(random.nextInt(vocabulary), at, 0, true);
        session.run(batch);
        if (at >= prompt) {
          columns = session.output().columns();
          values = values.length == 0 ? new float[STEPS * columns] : values;
          float[] row = new float[columns];
          session.output().copyRow(0, row);
          System.arraycopy(row, 0, values, (at - prompt) * columns, columns);
        }
      }
      return Answer.ofRows(values, columns);
    } finally {
      throughput = new Throughput(model);
    }
  }

  @Override
  public Explanation explain() {
    return model.plan().explain();
  }

  @Override
  public Quantity compileSeconds() {
    return Quantity.of(model.plan().compileSeconds());
  }

  @Override
  public int batch() {
    return model.options().batch();
  }

  @Override
  public Optional<Roofline> roofline() {
    return Rooflines.of(runtime, explain());
  }

  @Override
  public void close() {
    throughput.close();
    model.close();
  }
}
