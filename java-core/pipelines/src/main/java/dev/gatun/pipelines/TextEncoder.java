package dev.gatun.pipelines;

import dev.gatun.models.arch.Pooling;
import dev.gatun.models.tokenizer.Tokenizer;
import dev.gatun.runtime.session.CompiledPlan;
import java.util.List;

/** A model that gives a vector for each token of a text, whatever its file's format. */
interface TextEncoder extends AutoCloseable {
  Tokenizer tokenizer();

  /** Elements of a vector. */
  int width();

  /** Most tokens of a text. */
  int longest();

  /** What the model says, or the mean. */
  Pooling pooling();

  /** Most texts of one submission. */
  int texts();

  /** Whether texts of one submission take as much room as the longest. */
  boolean isPadded();

  CompiledPlan plan();

  /**
   * Runs a few texts, which fit one submission; {@code sink} gets each text's vectors.
   *
   * @param texts tokens of each
   */
  void run(List<int[]> texts, VectorSink sink);

  /** Takes vectors; the row is reused. */
  @FunctionalInterface
  interface VectorSink {
    void accept(int text, int token, float[] vector);
  }

  @Override
  void close();
}
