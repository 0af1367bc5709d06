package dev.gatun.models.eval;

/**
 * A model as a function of batches, whatever runs it: a backend's session, the reference
 * interpreter, another program. Used by one thread at a time.
 *
 * <p>A decoder remembers what it has seen of each sequence; a batch continues it. An encoder
 * remembers nothing.
 */
public interface ForwardPass {
  /**
   * Runs one batch.
   *
   * @param tokens token ids
   * @param positions position of each token in its sequence, from 0, without gaps
   * @param sequences sequence of each token, small numbers
   * @param rows indices into the batch whose outputs are wanted, ascending; may be empty
   * @return one output vector per wanted row: logits of a decoder, hidden vectors of an encoder;
   *     the caller's to keep
   */
  float[][] run(int[] tokens, int[] positions, int[] sequences, int[] rows);

  /** Forgets a sequence, which may start anew at position 0. Does nothing for an unknown one. */
  void forget(int sequence);
}
