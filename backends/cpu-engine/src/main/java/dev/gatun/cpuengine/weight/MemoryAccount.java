package dev.gatun.cpuengine.weight;

import dev.gatun.runtime.spi.BackendException;
import java.util.concurrent.atomic.AtomicLong;

/** What the CPU engine has allocated against one runtime's budget. Thread-safe. */
public final class MemoryAccount implements AutoCloseable {
  private final long budget;
  private final AtomicLong used = new AtomicLong();

  /**
   * @param budget bytes
   */
  public MemoryAccount(long budget) {
    this.budget = budget;
  }

  /**
   * Takes bytes from the budget.
   *
   * @param what what they are for, for the message
   * @throws BackendException when they are not there; nothing is taken then
   */
  public void reserve(long bytes, String what) {
    long after = used.addAndGet(bytes);
    if (after > budget || after < 0) {
      used.addAndGet(-bytes);
      throw new BackendException(
          "%s need %d MiB, and %d of %d MiB are taken; close other models, use a smaller context, or raise the memory budget"
              .formatted(what, bytes >> 20, (after - bytes) >> 20, budget >> 20));
    }
  }

  public void release(long bytes) {
    used.addAndGet(-bytes);
  }

  public long used() {
    return used.get();
  }

  @Override
  public void close() {}
}
