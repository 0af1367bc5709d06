package dev.gatun.engine.compiled;

import dev.gatun.runtime.spi.BackendException;
import dev.gatun.runtime.spi.Batch;
import dev.gatun.runtime.spi.SessionOptions;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Which sequences of a session are open, and how many positions each has. */
public final class Sequences {
  private static final int BROKEN = -1;

  private final SessionOptions options;
  private final Map<Integer, Integer> lengths = new TreeMap<>();
  private final int[] seen;

  public Sequences(SessionOptions options) {
    this.options = options;
    seen = new int[options.sequences()];
  }

  /** Opens a sequence that has so many positions. */
  public void open(int sequence, int positions) {
    requireFree(sequence);
    requireRoom(positions);
    lengths.put(sequence, positions);
  }

  /** Whether the sequence can be opened. */
  public void requireFree(int sequence) {
    if (sequence < 0 || sequence >= options.sequences()) {
      throw new BackendException(
          "sequence %d lies outside 0..%d".formatted(sequence, options.sequences() - 1));
    }
    if (lengths.containsKey(sequence)) {
      throw new BackendException("sequence " + sequence + " is open already");
    }
  }

  /** Forgets a sequence. */
  public void close(int sequence) {
    if (lengths.remove(sequence) == null) {
      throw new BackendException("sequence " + sequence + " is not open");
    }
  }

  /** Positions of an open sequence. */
  public int length(int sequence) {
    Integer length = lengths.get(sequence);
    if (length == null) {
      throw new BackendException("sequence " + sequence + " is not open");
    }
    if (length == BROKEN) {
      throw new BackendException(
          "a submission of sequence " + sequence + " failed: close it, and open it again");
    }
    return length;
  }

  /** The sequences of a batch, in the order in which they come. */
  public static Set<Integer> inOrder(Batch batch) {
    Set<Integer> order = new LinkedHashSet<>();
    for (int i = 0; i < batch.size(); i++) {
      order.add(batch.sequence(i));
    }
    return order;
  }

  /** Keeps the first positions. */
  public void truncate(int sequence, int positions) {
    if (positions < 0 || positions > length(sequence)) {
      throw new BackendException(
          "sequence %d has %d positions, not %d".formatted(sequence, length(sequence), positions));
    }
    lengths.put(sequence, positions);
  }

  /**
   * Whether a batch continues its sequences and fits.
   *
   * @throws BackendException when it does not; nothing has changed
   */
  public void check(Batch batch) {
    Arrays.fill(seen, 0);
    for (int i = 0; i < batch.size(); i++) {
      int sequence = batch.sequence(i);
      int expected = length(sequence) + seen[sequence]++;
      if (batch.position(i) != expected) {
        throw new BackendException(
            "token %d has position %d, sequence %d continues at %d"
                .formatted(i, batch.position(i), sequence, expected));
      }
    }
    requireRoom(batch.size());
  }

  /** Counts tokens that have run. */
  public void advance(int sequence, int tokens) {
    lengths.merge(sequence, tokens, Integer::sum);
  }

  /** A submission failed half-way: what the sequence holds is not known. */
  public void breakOff(int sequence) {
    lengths.put(sequence, BROKEN);
  }

  /** Whether so many more positions fit. */
  public void requireRoom(int positions) {
    int used = 0;
    for (int length : lengths.values()) {
      used += Math.max(0, length);
    }
    if (positions > options.positions() - used) {
      throw new BackendException(
          "%d more positions do not fit: %d of %d are used"
              .formatted(positions, used, options.positions()));
    }
  }
}
