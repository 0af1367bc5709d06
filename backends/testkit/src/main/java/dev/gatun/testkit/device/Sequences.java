package dev.gatun.testkit.device;

import dev.gatun.runtime.spi.BackendException;
import dev.gatun.runtime.spi.Batch;
import dev.gatun.runtime.spi.SessionOptions;
import java.util.Map;
import java.util.TreeMap;

/** Which sequences of a session are open, and how many positions each has stored. */
final class Sequences {
  private final SessionOptions options;
  private final Map<Integer, Integer> lengths = new TreeMap<>();

  Sequences(SessionOptions options) {
    this.options = options;
  }

  void open(int sequence, int positions) {
    requireFree(sequence);
    requireRoom(positions);
    lengths.put(sequence, positions);
  }

  /** Whether the sequence can be opened. */
  void requireFree(int sequence) {
    if (sequence < 0 || sequence >= options.sequences()) {
      throw new BackendException(
          "sequence %d lies outside 0..%d".formatted(sequence, options.sequences() - 1));
    }
    if (lengths.containsKey(sequence)) {
      throw new BackendException("sequence " + sequence + " is open already");
    }
  }

  void close(int sequence) {
    length(sequence);
    lengths.remove(sequence);
  }

  /** Positions stored. */
  int length(int sequence) {
    Integer length = lengths.get(sequence);
    if (length == null) {
      throw new BackendException("sequence " + sequence + " is not open");
    }
    return length;
  }

  void truncate(int sequence, int positions) {
    if (positions < 0 || positions > length(sequence)) {
      throw new BackendException(
          "sequence %d has %d positions, not %d".formatted(sequence, length(sequence), positions));
    }
    lengths.put(sequence, positions);
  }

  /**
   * Accounts for a batch that will be stored.
   *
   * @throws BackendException when its tokens do not continue their sequences or the session is
   *     full; nothing changes then
   */
  void append(Batch batch) {
    Map<Integer, Integer> after = new TreeMap<>(lengths);
    for (int i = 0; i < batch.size(); i++) {
      int sequence = batch.sequence(i);
      length(sequence);
      int expected = after.get(sequence);
      if (batch.position(i) != expected) {
        throw new BackendException(
            "token %d has position %d, sequence %d continues at %d"
                .formatted(i, batch.position(i), sequence, expected));
      }
      after.put(sequence, expected + 1);
    }
    requireRoom(batch.size());
    lengths.putAll(after);
  }

  /** Refuses a batch that is larger than the session was opened for. */
  void checkSize(Batch batch) {
    if (batch.size() > options.batch() || batch.rowCount() > options.rows()) {
      throw new BackendException(
          "%d tokens and %d rows, the session was opened for %d and %d"
              .formatted(batch.size(), batch.rowCount(), options.batch(), options.rows()));
    }
  }

  /** Whether {@code positions} more fit. */
  void requireRoom(int positions) {
    int used = lengths.values().stream().mapToInt(Integer::intValue).sum();
    if (positions > options.positions() - used) {
      throw new BackendException(
          "%d more positions do not fit: %d of %d are used"
              .formatted(positions, used, options.positions()));
    }
  }
}
