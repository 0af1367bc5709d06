package dev.gatun.testkit.device;

import java.util.concurrent.atomic.AtomicLong;

/** Counts what is open: executables, sessions, buffers. Thread-safe. */
final class HandleCount {
  private final AtomicLong live = new AtomicLong();

  long live() {
    return live.get();
  }

  /** A new handle; closing it counts once. */
  Handle open() {
    live.incrementAndGet();
    return new Handle();
  }

  final class Handle {
    private boolean closed;

    /** True on the first call. */
    synchronized boolean close() {
      boolean first = !closed;
      closed = true;
      if (first) {
        live.decrementAndGet();
      }
      return first;
    }

    synchronized boolean isClosed() {
      return closed;
    }
  }
}
