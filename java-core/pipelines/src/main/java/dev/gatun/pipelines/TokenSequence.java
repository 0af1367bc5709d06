package dev.gatun.pipelines;

import dev.gatun.runtime.session.RowOutput;
import dev.gatun.runtime.session.Session;
import dev.gatun.runtime.spi.Batch;
import dev.gatun.runtime.spi.Largest;
import dev.gatun.tensor.GatunException;
import java.util.Arrays;

/**
 * One sequence of a session and the tokens it holds, so that a prompt that begins like what is
 * stored is not computed again. Used by one thread at a time.
 */
final class TokenSequence {
  private final Session session;
  private final int sequence;
  private final int contextLength;
  private final int block;
  private final Batch batch;
  private final float[] logits;
  private final RowOutput output;
  private int[] tokens;
  private int size;
  private boolean copied;

  TokenSequence(LanguageModel model, Session session, int sequence) {
    this.session = session;
    this.sequence = sequence;
    contextLength = model.contextLength();
    block = Math.min(model.options().batch(), contextLength);
    batch = new Batch(block);
    output = session.output();
    logits = new float[model.model().vocabularySize()];
    tokens = new int[Math.min(contextLength, 512)];
    session.openSequence(sequence);
  }

  /** Positions that are stored. */
  int size() {
    return size;
  }

  int contextLength() {
    return contextLength;
  }

  /** Logits of the last token that was fed; the array is reused. */
  float[] logits() {
    if (!copied) {
      output.copyRow(0, logits);
      copied = true;
    }
    return logits;
  }

  /**
   * Finds the largest logits of the last token that was fed on the device; false where all have to
   * be read.
   *
   * @param vocabulary how many logits count
   */
  boolean largest(int vocabulary, Largest found) {
    return !copied && output.largest(0, vocabulary, found);
  }

  /**
   * Makes the context equal to {@code prompt} and computes the logits of its last token. What is
   * stored already is kept as far as it agrees and the state can be cut back.
   *
   * @return how many tokens were kept
   * @throws GatunException when the prompt does not fit
   */
  int feed(int[] prompt) {
    if (prompt.length == 0) {
      throw new GatunException(
          GatunException.Kind.USAGE, "the prompt is empty: there is nothing to continue");
    }
    if (prompt.length > contextLength) {
      throw new GatunException(
          GatunException.Kind.USAGE,
          "the prompt has %d tokens, the context holds %d; shorten it, raise the context (--ctx), or drop its oldest part (--shift)"
              .formatted(prompt.length, contextLength));
    }
    int kept = Arrays.mismatch(prompt, 0, prompt.length, tokens, 0, size);
    kept = Math.min(kept < 0 ? size : kept, prompt.length - 1);
    cut(kept);
    int from = size;
    for (int at = from; at < prompt.length; at += block) {
      batch.clear();
      int end = Math.min(prompt.length, at + block);
      for (int i = at; i < end; i++) {
        batch.add(prompt[i], i, sequence, i == prompt.length - 1);
      }
      session.run(batch);
      for (int i = at; i < end; i++) {
        remember(prompt[i]);
      }
    }
    copied = false;
    return from;
  }

  /** Appends one token and computes its logits. Allocates nothing in steady state. */
  void feed(int token) {
    batch.clear();
    batch.add(token, size, sequence, true);
    session.run(batch);
    remember(token);
    copied = false;
  }

  /** Whether another token fits. */
  boolean hasRoom() {
    return size < contextLength;
  }

  /** Whether dropping the oldest tokens makes room: a context of one position has none to drop. */
  boolean canShift() {
    return contextLength > 1;
  }

  /**
   * Drops the oldest tokens but the first, keeping half of the context, and computes the rest anew.
   */
  void shift() {
    int keep = Math.max(1, contextLength / 2);
    int[] rest = new int[keep];
    rest[0] = tokens[0];
    System.arraycopy(tokens, size - keep + 1, rest, 1, keep - 1);
    feed(rest);
  }

  /** The part of a prompt that fits beside room for an answer: its first token and its end. */
  int[] fit(int[] prompt) {
    if (prompt.length < contextLength) {
      return prompt;
    }
    int keep = Math.max(1, contextLength / 2);
    int[] rest = Arrays.copyOfRange(prompt, prompt.length - keep, prompt.length);
    rest[0] = prompt[0];
    return rest;
  }

  private void cut(int positions) {
    if (positions == size) {
      return;
    }
    if (positions > 0 && session.state().truncate()) {
      session.truncate(sequence, positions);
      size = positions;
    } else {
      session.closeSequence(sequence);
      session.openSequence(sequence);
      size = 0;
    }
  }

  private void remember(int token) {
    if (size == tokens.length) {
      tokens = Arrays.copyOf(tokens, Math.min(contextLength, 2 * size));
    }
    tokens[size++] = token;
  }
}
