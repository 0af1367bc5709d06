package dev.gatun.runtime.spi;

import java.lang.foreign.MemorySegment;
import java.util.Optional;

/**
 * Memory of a device. Closed by whoever allocated it. Operations are asynchronous and happen in the
 * order of their fences.
 */
public interface Buffer extends AutoCloseable {
  /** The device's id. */
  String device();

  /** Size in bytes. */
  long size();

  /** The memory itself, when the host can address it. */
  Optional<MemorySegment> hostView();

  /** Copies from host memory to {@code offset}. */
  Fence write(long offset, MemorySegment source);

  /** Copies from {@code offset} to host memory. */
  Fence read(long offset, MemorySegment target);

  /** Idempotent. */
  @Override
  void close();
}
