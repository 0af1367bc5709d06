package dev.gatun.pipelines;

import dev.gatun.runtime.session.Session;
import dev.gatun.runtime.spi.Batch;
import java.util.ArrayList;
import java.util.List;

/**
 * Feeds sequences to a session step by step and keeps the bits of every row of logits that it asks
 * for. Used by one thread; owns the session.
 */
final class Walk implements AutoCloseable {
  private final Session session;
  private final Batch batch = new Batch(1024);
  private final int vocabulary;
  private final List<int[]> rows = new ArrayList<>();
  private final int[] positions;

  Walk(LanguageModel model) {
    session = model.newSession();
    vocabulary = model.model().vocabularySize();
    positions = new int[model.options().sequences()];
    for (int sequence = 0; sequence < positions.length; sequence++) {
      session.openSequence(sequence);
    }
  }

  /** The token that a sequence has at a position: the same in each walk. */
  private int token(int sequence, int position) {
    return Math.floorMod(
        (sequence + 3) * 7919 + position * 104_729 + position * position, vocabulary);
  }

  /**
   * Adds the next tokens of a sequence to the submission.
   *
   * @param wanted whether the last one's logits are kept
   */
  Walk add(int sequence, int tokens, boolean wanted) {
    for (int i = 0; i < tokens; i++) {
      int position = positions[sequence]++;
      batch.add(token(sequence, position), position, sequence, wanted && i == tokens - 1);
    }
    return this;
  }

  /** Submits what was added. */
  Walk run() {
    session.run(batch);
    for (int row = 0; row < batch.rowCount(); row++) {
      float[] values = new float[session.output().columns()];
      session.output().copyRow(row, values);
      int[] bits = new int[values.length];
      for (int i = 0; i < bits.length; i++) {
        bits[i] = Float.floatToRawIntBits(values[i]);
      }
      rows.add(bits);
    }
    batch.clear();
    return this;
  }

  /** A prompt in pieces of so many tokens; only the logits of its end are kept. */
  Walk prompt(int sequence, int tokens, int piece) {
    for (int done = 0; done < tokens; done += piece) {
      add(sequence, Math.min(piece, tokens - done), done + piece >= tokens).run();
    }
    return this;
  }

  /** The bits of all rows wanted so far. */
  List<int[]> rows() {
    return rows;
  }

  @Override
  public void close() {
    session.close();
  }
}
