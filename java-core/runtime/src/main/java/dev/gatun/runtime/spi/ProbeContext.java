package dev.gatun.runtime.spi;

import java.util.Optional;

/**
 * What a probe may ask for and share.
 *
 * <p>Thread-safe. Lives as long as the runtime that made it.
 */
public interface ProbeContext {
  /** A setting {@code gatun.<area>.<name>}, by its full name. */
  Optional<String> property(String name);

  /** How many worker threads engines shall use, the calling thread included; at least 1. */
  int threads();

  /** Bytes that engines may allocate for weights, states and activations, all together. */
  long memoryBudget();

  /**
   * An object shared by all devices of one runtime, such as a worker team; made on first use and
   * closed with the runtime.
   */
  <T extends AutoCloseable> T shared(Class<T> type, java.util.function.Supplier<T> factory);
}
