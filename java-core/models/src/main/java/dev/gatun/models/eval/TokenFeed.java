package dev.gatun.models.eval;

import java.util.Arrays;

/** Feeds one sequence in batches and hands out the outputs batch by batch, so that few are held. */
final class TokenFeed {
  /** Takes the output at a position. */
  interface Visitor {
    void accept(int position, float[] output);
  }

  private static final int SEQUENCE = 0;

  private final ForwardPass pass;
  private final int batch;

  TokenFeed(ForwardPass pass, int batch) {
    if (batch < 1) {
      throw new IllegalArgumentException("batch of " + batch);
    }
    this.pass = pass;
    this.batch = batch;
  }

  /** Visits the outputs from position {@code first} on, in order. The sequence starts anew. */
  void run(int[] tokens, int first, Visitor visitor) {
    pass.forget(SEQUENCE);
    for (int start = 0; start < tokens.length; start += batch) {
      int end = Math.min(tokens.length, start + batch);
      int[] sequences = new int[end - start];
      Arrays.fill(sequences, SEQUENCE);
      int from = Math.clamp(first, start, end);
      float[][] outputs =
          pass.run(
              Arrays.copyOfRange(tokens, start, end),
              ReferenceCheck.range(start, end),
              sequences,
              ReferenceCheck.range(from - start, end - start));
      for (int i = 0; i < outputs.length; i++) {
        visitor.accept(from + i, outputs[i]);
      }
    }
    pass.forget(SEQUENCE);
  }
}
