package dev.gatun.cpuengine;

import dev.gatun.cpuengine.state.BatchIndex;
import dev.gatun.cpuengine.state.KeyValueCache;
import dev.gatun.runtime.spi.BackendException;

/** Makes room in the cache for the tokens of a submission, all or nothing. */
final class CacheUpdate {
  private CacheUpdate() {}

  static void reserve(KeyValueCache cache, BatchIndex batch) {
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
  static void finish(KeyValueCache cache, BatchIndex batch, int spans, boolean commit) {
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
