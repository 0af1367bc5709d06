package dev.gatun.ffi;

import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * Something that a native library allocated, with its destructor. Any thread may close it, once
 * nobody uses it.
 */
public final class NativeHandle implements AutoCloseable {
  private final String kind;
  private final MemorySegment address;
  private final Consumer<MemorySegment> destructor;
  private final AtomicLong count;
  private final AtomicBoolean closed = new AtomicBoolean();

  NativeHandle(
      String kind, MemorySegment address, Consumer<MemorySegment> destructor, AtomicLong count) {
    this.kind = kind;
    this.address = address;
    this.destructor = destructor;
    this.count = count;
  }

  /**
   * The pointer, for a call.
   *
   * @throws IllegalStateException when the handle is closed
   */
  public MemorySegment address() {
    if (closed.get()) {
      throw new IllegalStateException(kind + " is closed");
    }
    return address;
  }

  public boolean isOpen() {
    return !closed.get();
  }

  /** Runs the destructor. Idempotent. */
  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      count.decrementAndGet();
      destructor.accept(address);
    }
  }

  @Override
  public String toString() {
    return kind + "@" + Long.toHexString(address.address()) + (isOpen() ? "" : " (closed)");
  }
}
