package dev.gatun.bench;

import dev.gatun.pipelines.LanguageModel;
import dev.gatun.runtime.session.Session;
import dev.gatun.runtime.spi.Batch;
import java.util.SplittableRandom;

/**
 * Tokens a second as llama-bench defines them: {@code pp} N reads a prompt of N random tokens into
 * an empty context, wanting the logits of the last; {@code tg} N generates N tokens one at a time
 * into an empty context, each a random one. Choosing tokens and making text are not part of it.
 *
 * <p>Owns a session; used by one thread.
 */
public final class Throughput implements AutoCloseable {
  private static final int SEQUENCE = 0;

  private final Session session;
  private final Batch batch;
  private final int block;
  private final int vocabulary;
  private final int context;
  private final SplittableRandom random = new SplittableRandom(42);

  public Throughput(LanguageModel model) {
    session = model.newSession();
    block = model.options().batch();
    batch = new Batch(block);
    vocabulary = model.model().vocabularySize();
    context = model.contextLength();
  }

  /** Reads a prompt of {@code tokens} tokens after {@code depth} that are there already. */
  public double prefill(int depth, int tokens) {
    fill(depth);
    long start = System.nanoTime();
    feed(depth, tokens);
    return tokens * 1e9 / (System.nanoTime() - start);
  }

  /** Generates {@code tokens} tokens after {@code depth} that are there already. */
  public double decode(int depth, int tokens) {
    fill(depth);
    long start = System.nanoTime();
    for (int i = 0; i < tokens; i++) {
      batch.clear();
      batch.add(random.nextInt(vocabulary), depth + i, SEQUENCE, true);
      session.run(batch);
    }
    return tokens * 1e9 / (System.nanoTime() - start);
  }

  /** Whether a test fits the context. */
  public boolean fits(int depth, int tokens) {
    return depth + tokens <= context;
  }

  private void fill(int depth) {
    if (session.isOpen(SEQUENCE)) {
      session.closeSequence(SEQUENCE);
    }
    session.openSequence(SEQUENCE);
    feed(0, depth);
  }

  private void feed(int from, int tokens) {
    for (int at = 0; at < tokens; at += block) {
      batch.clear();
      int end = Math.min(tokens, at + block);
      for (int i = at; i < end; i++) {
        batch.add(random.nextInt(vocabulary), from + i, SEQUENCE, i == tokens - 1);
      }
      session.run(batch);
    }
  }

  @Override
  public void close() {
    session.close();
  }
}
