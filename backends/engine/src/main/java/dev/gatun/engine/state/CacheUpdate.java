package dev.gatun.engine.state;

import dev.gatun.engine.batch.BatchIndex;
import dev.gatun.runtime.spi.BackendException;

/** Makes room in the cache for the tokens of a submission, all or nothing. */
public final class CacheUpdate {
  private CacheUpdate() {}

  /**
   * Reserves the positions of all spans.
   *
   * @throws BackendException when tokens do not continue their sequences, or the cache is full
   */
  public static void reserve(KeyValueCache cache, BatchIndex batch) {
    if (!batch.consecutive()) {
      throw new BackendException("tokens of one sequence must be at consecutive positions");
    }
    for (int span = 0; span < batch.spans(); span++) {
      boolean done = false;
      try {
        int sequence = batch.sequence(span);
        int first = batch.position(batch.row(batch.start(span)));
        int length = cache.length(sequence);
        if (first != length) {
          throw new BackendException(
              "sequence %d has %d positions; its next token is at position %d"
                  .formatted(sequence, length, first));
        }
        cache.reserve(sequence, count(batch, span));
        done = true;
      } finally {
        if (!done) {
          finish(cache, batch, span, false);
        }
      }
    }
  }

  /** Commits, or rolls back, the first spans. */
  public static void finish(KeyValueCache cache, BatchIndex batch, int spans, boolean commit) {
    for (int span = 0; span < spans; span++) {
      if (commit) {
        cache.commit(batch.sequence(span), count(batch, span));
      } else {
        cache.rollback(batch.sequence(span), count(batch, span));
      }
    }
  }

  private static int count(BatchIndex batch, int span) {
    return batch.end(span) - batch.start(span);
  }
}
