package dev.gatun.runtime.tune;

import dev.gatun.runtime.session.CompiledPlan;
import dev.gatun.runtime.session.Session;
import dev.gatun.runtime.spi.Batch;
import dev.gatun.runtime.spi.SessionOptions;
import java.util.function.LongSupplier;

/**
 * A prompt and tokens after it, through a session of a compiled plan; the same tokens each time.
 * Owns both; used by one thread.
 */
final class Workload implements Race.Variant, AutoCloseable {
  private final CompiledPlan plan;
  private final Session session;
  private final Batch many;
  private final int block;
  private final Batch one = new Batch(1);
  private final int prompt;
  private final int generated;
  private final LongSupplier clock;

  /**
   * @param plan closed with this
   * @param block most tokens of one submission
   * @param clock nanoseconds
   */
  Workload(CompiledPlan plan, int prompt, int generated, int block, LongSupplier clock) {
    this.plan = plan;
    this.prompt = prompt;
    this.generated = generated;
    this.clock = clock;
    this.block = block;
    many = new Batch(block);
    session = plan.newSession(new SessionOptions(1, prompt + generated, block, 1));
  }

  /** Any token of a vocabulary will do for time: small ids are in all. */
  private static int token(int position) {
    return position % 7;
  }

  @Override
  public long run() {
    session.openSequence(0);
    long start = clock.getAsLong();
    prefill();
    for (int i = 0; i < generated; i++) {
      step(token(prompt + i), prompt + i);
    }
    long elapsed = clock.getAsLong() - start;
    session.closeSequence(0);
    return elapsed;
  }

  private void prefill() {
    many.clear();
    for (int i = 0; i < prompt; i++) {
      many.add(token(i), i, 0, i == prompt - 1);
      if (many.size() == block || i == prompt - 1) {
        session.run(many);
        many.clear();
      }
    }
  }

  private void step(int token, int position) {
    one.clear();
    one.add(token, position, 0, true);
    session.run(one);
  }

  /**
   * Next-token logits at each position of a text.
   *
   * @param text tokens; where the entry is negative the likeliest token of the position before is
   *     written there first
   */
  float[][] logits(int[] text) {
    float[][] rows = new float[text.length][];
    session.openSequence(0);
    for (int i = 0; i < text.length; i++) {
      if (text[i] < 0) {
        text[i] = likeliest(rows[i - 1]);
      }
      step(text[i], i);
      rows[i] = new float[session.output().columns()];
      session.output().copyRow(0, rows[i]);
    }
    session.closeSequence(0);
    return rows;
  }

  private static int likeliest(float[] logits) {
    int best = 0;
    for (int i = 1; i < logits.length; i++) {
      best = logits[i] > logits[best] ? i : best;
    }
    return best;
  }

  @Override
  public void close() {
    session.close();
    plan.close();
  }
}
