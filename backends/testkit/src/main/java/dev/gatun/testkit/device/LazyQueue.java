package dev.gatun.testkit.device;

import dev.gatun.runtime.spi.Fence;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * A device's queue that does nothing until someone waits: operations run in order when the fence of
 * one of them, or of a later one, is awaited or polled a second time. What forgets a fence, or
 * changes memory before it has passed, shows. Not thread-safe.
 */
final class LazyQueue {
  private final Deque<Pending> pending = new ArrayDeque<>();

  /** Adds an operation. What it throws is thrown by its fence. */
  Fence enqueue(Runnable operation) {
    Pending added = new Pending(operation);
    pending.add(added);
    return added;
  }

  private void runUpTo(Pending last) {
    while (!last.done) {
      pending.remove().run();
    }
  }

  private final class Pending implements Fence {
    private final Runnable operation;
    private boolean done;
    private boolean polled;
    private RuntimeException failure;

    Pending(Runnable operation) {
      this.operation = operation;
    }

    void run() {
      try {
        operation.run();
      } catch (RuntimeException e) {
        failure = e;
      }
      done = true;
    }

    @Override
    public void await() {
      runUpTo(this);
      if (failure != null) {
        throw failure;
      }
    }

    @Override
    public boolean isDone() {
      if (polled) {
        runUpTo(this);
      }
      polled = true;
      return done;
    }
  }
}
