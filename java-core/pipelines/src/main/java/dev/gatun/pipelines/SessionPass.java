package dev.gatun.pipelines;

import dev.gatun.models.eval.ForwardPass;
import dev.gatun.runtime.session.RowOutput;
import dev.gatun.runtime.session.Session;
import dev.gatun.runtime.spi.Batch;

/**
 * A session as a {@link ForwardPass}: what measures of quality run on. Sequences are opened as they
 * appear. Does not own the session; used by one thread.
 */
public final class SessionPass implements ForwardPass {
  private final Session session;
  private final Batch batch;
  private final boolean stateful;

  public SessionPass(LanguageModel model, Session session) {
    this.session = session;
    batch = new Batch(session.options().batch());
    stateful = model.model().causal();
  }

  @Override
  public float[][] run(int[] tokens, int[] positions, int[] sequences, int[] rows) {
    batch.clear();
    int next = 0;
    for (int i = 0; i < tokens.length; i++) {
      if (stateful && !session.isOpen(sequences[i])) {
        session.openSequence(sequences[i]);
      }
      boolean wanted = next < rows.length && rows[next] == i;
      next += wanted ? 1 : 0;
      batch.add(tokens[i], positions[i], sequences[i], wanted);
    }
    session.run(batch);
    RowOutput output = session.output();
    float[][] result = new float[rows.length][output.columns()];
    for (int row = 0; row < rows.length; row++) {
      output.copyRow(row, result[row]);
    }
    return result;
  }

  @Override
  public void forget(int sequence) {
    if (stateful && session.isOpen(sequence)) {
      session.closeSequence(sequence);
    }
  }
}
