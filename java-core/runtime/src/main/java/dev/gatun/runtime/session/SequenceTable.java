package dev.gatun.runtime.session;

import dev.gatun.runtime.spi.Batch;
import dev.gatun.tensor.GatunException;
import java.util.Objects;

/**
 * How many positions each sequence of a session has stored. Checks a batch before a device sees it,
 * without allocating.
 */
final class SequenceTable {
  private static final int CLOSED = -1;
  private static final int BROKEN = -2;

  private final int[] stored;
  private final int[] next;
  private final int capacity;

  /**
   * @param capacity positions of all sequences together
   */
  SequenceTable(int sequences, int capacity) {
    stored = new int[sequences];
    next = new int[sequences];
    java.util.Arrays.fill(stored, CLOSED);
    this.capacity = capacity;
  }

  void open(int sequence, int positions) {
    if (isOpen(sequence)) {
      throw new IllegalStateException("sequence " + sequence + " is open already");
    }
    if (positions > capacity - total()) {
      throw full(positions);
    }
    stored[sequence] = positions;
  }

  void close(int sequence) {
    requireOpen(sequence);
    stored[sequence] = CLOSED;
  }

  /** Open, or broken and not yet closed. */
  boolean isOpen(int sequence) {
    return stored[Objects.checkIndex(sequence, stored.length)] != CLOSED;
  }

  /** Stored positions of an open, sound sequence. */
  int positions(int sequence) {
    requireOpen(sequence);
    if (stored[sequence] == BROKEN) {
      throw new IllegalStateException(
          "sequence " + sequence + " is unusable after a failed submission; close it");
    }
    return stored[sequence];
  }

  void truncate(int sequence, int positions) {
    int have = positions(sequence);
    if (positions < 0 || positions > have) {
      throw new IllegalArgumentException(
          "sequence %d has %d positions, cannot keep %d".formatted(sequence, have, positions));
    }
    stored[sequence] = positions;
  }

  /** Checks that every token continues an open sequence and that all fit. */
  void check(Batch batch) {
    System.arraycopy(stored, 0, next, 0, stored.length);
    for (int i = 0; i < batch.size(); i++) {
      int sequence = batch.sequence(i);
      if (sequence < 0 || sequence >= stored.length || stored[sequence] < 0) {
        throw notOpen(i, sequence);
      }
      if (batch.position(i) != next[sequence]) {
        throw new IllegalArgumentException(
            "token %d is at position %d of sequence %d, which continues at %d"
                .formatted(i, batch.position(i), sequence, next[sequence]));
      }
      next[sequence]++;
    }
    if (batch.size() > capacity - total()) {
      throw full(batch.size());
    }
  }

  /** Counts the tokens of a batch that ran. */
  void advance(Batch batch) {
    for (int i = 0; i < batch.size(); i++) {
      stored[batch.sequence(i)]++;
    }
  }

  /** The batch's sequences hold an unknown state: only closing is allowed. */
  void markBroken(Batch batch) {
    for (int i = 0; i < batch.size(); i++) {
      stored[batch.sequence(i)] = BROKEN;
    }
  }

  int total() {
    int sum = 0;
    for (int positions : stored) {
      sum += Math.max(positions, 0);
    }
    return sum;
  }

  private void requireOpen(int sequence) {
    if (!isOpen(sequence)) {
      throw new IllegalStateException("sequence " + sequence + " is not open");
    }
  }

  private RuntimeException notOpen(int token, int sequence) {
    if (sequence < 0 || sequence >= stored.length) {
      return new IllegalArgumentException(
          "token %d belongs to sequence %d; the session has sequences 0 to %d"
              .formatted(token, sequence, stored.length - 1));
    }
    return new IllegalStateException(
        stored[sequence] == BROKEN
            ? "sequence " + sequence + " is unusable after a failed submission; close it"
            : "sequence " + sequence + " is not open");
  }

  private GatunException full(int wanted) {
    return new GatunException(
        GatunException.Kind.FAILURE,
        "the context is full: %d of %d positions are taken, %d more do not fit; open the session"
                .formatted(total(), capacity, wanted)
            + " with more positions, or truncate or close sequences");
  }
}
