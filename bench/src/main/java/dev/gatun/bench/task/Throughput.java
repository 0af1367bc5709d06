package dev.gatun.bench.task;

import dev.gatun.pipelines.LanguageModel;
import dev.gatun.runtime.session.Session;
import dev.gatun.runtime.spi.Batch;
import java.util.SplittableRandom;

/**
 * Runs tests as llama-bench defines them: {@code pp} N reads a prompt of N random tokens into an
 * empty context, wanting the logits of the last; {@code tg} N generates N tokens one at a time into
 * an empty context, each a random one. Choosing tokens and making text are not part of it. Several
 * sequences take their steps together, as in llama-batched-bench; their tokens add up.
 *
 * <p>Owns a session; used by one thread.
 */
public final class Throughput implements AutoCloseable {
  private final Session session;
  private final Batch batch;
  private final int block;
  private final int vocabulary;
  private final int sequences;
  private final SplittableRandom random = new SplittableRandom(42);

  public Throughput(LanguageModel model) {
    session = model.newSession();
    block = model.options().batch();
    sequences = model.options().sequences();
    batch = new Batch(Math.max(block, sequences));
    vocabulary = model.model().vocabularySize();
  }

  /**
   * Runs a test once; what the context holds before is not part of the time.
   *
   * @return nanoseconds
   */
  public long run(TokenTest test) {
    return switch (test.kind()) {
      case PREFILL -> prefill(test.depth(), test.tokens());
      case DECODE -> decode(test.depth(), test.tokens(), test.sequences());
    };
  }

  private long prefill(int depth, int tokens) {
    fill(depth, 1);
    long start = System.nanoTime();
    feed(0, depth, tokens);
    return System.nanoTime() - start;
  }

  private long decode(int depth, int tokens, int count) {
    fill(depth, count);
    long start = System.nanoTime();
    for (int i = 0; i < tokens; i++) {
      batch.clear();
      for (int sequence = 0; sequence < count; sequence++) {
        batch.add(random.nextInt(vocabulary), depth + i, sequence, true);
      }
      session.run(batch);
    }
    return System.nanoTime() - start;
  }

  private void fill(int depth, int count) {
    for (int sequence = 0; sequence < sequences; sequence++) {
      if (session.isOpen(sequence)) {
        session.closeSequence(sequence);
      }
    }
    for (int sequence = 0; sequence < count; sequence++) {
      session.openSequence(sequence);
      feed(sequence, 0, depth);
    }
  }

  private void feed(int sequence, int from, int tokens) {
    for (int at = 0; at < tokens; at += block) {
      batch.clear();
      int end = Math.min(tokens, at + block);
      for (int i = at; i < end; i++) {
        batch.add(random.nextInt(vocabulary), from + i, sequence, i == tokens - 1);
      }
      session.run(batch);
    }
  }

  @Override
  public void close() {
    session.close();
  }
}
